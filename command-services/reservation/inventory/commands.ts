import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { Decide } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import { AddSections, type AddSectionsRefusal, addSections } from './add-sections.js';
import { type BlockRefusal, BlockSeats, blockSeats } from './block-seats.js';
import { CancelSales, type CancelSalesRefusal, cancelSales } from './cancel-sales.js';
import { ChangePrices, type ChangePricesRefusal, changePrices } from './change-prices.js';
import { ChangeTerms, type ChangeTermsRefusal, changeTerms } from './change-terms.js';
import { CloseSales, type CloseSalesRefusal, closeSales } from './close-sales.js';
import { type HoldRefusal, HoldSeats, holdSeats } from './hold-seats.js';
import type { Inventory } from './inventory.js';
import { OpenInventory, openInventory } from './open-inventory.js';
import { type ReleaseRefusal, ReleaseSeats, releaseSeats } from './release-seats.js';
import { ReopenSales, type ReopenSalesRefusal, reopenSales } from './reopen-sales.js';
import { type SellRefusal, SellSeats, sellSeats } from './sell-seats.js';
import { SetTicketType, type SetTicketTypeRefusal, setTicketType } from './set-ticket-type.js';
import { type UnblockRefusal, UnblockSeats, unblockSeats } from './unblock-seats.js';

/** What may be asked of an inventory, as data: a command may be decided on another replica than the one that was asked. */
export const InventoryCommand = z.discriminatedUnion('kind', [
  OpenInventory.extend({ kind: z.literal('open') }),
  HoldSeats.extend({ kind: z.literal('hold') }),
  SellSeats.extend({ kind: z.literal('sell') }),
  ReleaseSeats.extend({ kind: z.literal('release') }),
  BlockSeats.extend({ kind: z.literal('block') }),
  UnblockSeats.extend({ kind: z.literal('unblock') }),
  AddSections.extend({ kind: z.literal('add-sections') }),
  SetTicketType.extend({ kind: z.literal('set-ticket-type') }),
  ChangePrices.extend({ kind: z.literal('change-prices') }),
  ChangeTerms.extend({ kind: z.literal('change-terms') }),
  CloseSales.extend({ kind: z.literal('close-sales') }),
  ReopenSales.extend({ kind: z.literal('reopen-sales') }),
  CancelSales.extend({ kind: z.literal('cancel-sales') }),
]);
export type InventoryCommand = z.infer<typeof InventoryCommand>;

export type InventoryRefusal =
  | HoldRefusal
  | SellRefusal
  | ReleaseRefusal
  | BlockRefusal
  | UnblockRefusal
  | AddSectionsRefusal
  | SetTicketTypeRefusal
  | ChangePricesRefusal
  | ChangeTermsRefusal
  | CloseSalesRefusal
  | ReopenSalesRefusal
  | CancelSalesRefusal;

export const decideOf = (command: InventoryCommand): Decide<Inventory, InventoryEvent, InventoryRefusal> => {
  switch (command.kind) {
    case 'open':
      return openInventory(command);
    case 'hold':
      return holdSeats(command);
    case 'sell':
      return sellSeats(command);
    case 'release':
      return releaseSeats(command);
    case 'block':
      return blockSeats(command);
    case 'unblock':
      return unblockSeats(command);
    case 'add-sections':
      return addSections(command);
    case 'set-ticket-type':
      return setTicketType(command);
    case 'change-prices':
      return changePrices(command);
    case 'change-terms':
      return changeTerms(command);
    case 'close-sales':
      return closeSales(command);
    case 'reopen-sales':
      return reopenSales(command);
    case 'cancel-sales':
      return cancelSales(command);
  }
};
