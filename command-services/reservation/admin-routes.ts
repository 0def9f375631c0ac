import {
  AddSectionsRequest,
  BlockSeatsRequest,
  ChangePricesRequest,
  type InventoryChanged,
  NothingMore,
  SetTicketTypeRequest,
} from '@tiketi/shared-kernel/contracts/http/inventory.js';
import { CommandId, PerformanceId, TicketTypeId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { type IdempotentRequests, keyedOf } from '@tiketi/shared-kernel/service/idempotent-requests.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, RequestHandler, Response, Router } from 'express';
import { v5 } from 'uuid';
import { z } from 'zod';
import type { InventoryCommand } from './inventory/commands.js';
import type { Inventories, InventoryOutcome } from './inventory/inventories.js';
import { refused } from './refused.js';

export type AdminPorts = {
  readonly inventories: Inventories;
  readonly authenticator: Authenticator;
  readonly idempotent: IdempotentRequests;
  readonly limit: RequestHandler;
  readonly clock: () => number;
};

const Params = z.object({ id: PerformanceId });

/** Names the derivation of ids from an organiser's Idempotency-Key. */
const NAMESPACE = 'b6b1d1c5-3d0e-4a27-9a60-4f3f0f6f0b62';

/**
 * Who asks, under which command id: the same for the same organiser, path and key, so that a repeat is told by it, and by the fingerprint a
 * key that is used again for something else. It names the ticket type a request makes, too.
 */
const contextOf = (req: Request): CommandContext => {
  const { userId } = principalOf(req);
  const { key, fingerprint } = keyedOf(req);
  const correlation = correlationId(req);
  return {
    commandId: CommandId.parse(v5(JSON.stringify([userId, req.path, key]), NAMESPACE)),
    correlationId: correlation,
    causationId: correlation,
    actor: { id: userId, role: 'admin' },
    fingerprint,
  };
};

type Who = { readonly by: UserId; readonly now: Instant };

/** What an organiser may change of a performance on sale. */
export const adminRoutes =
  ({ inventories, authenticator, idempotent, limit, clock }: AdminPorts) =>
  (router: Router): void => {
    const staff = authenticator.requireRole('admin');
    const once = idempotent.once();
    const change = (path: string, commandOf: (req: Request, who: Who, newId: string) => InventoryCommand): void => {
      router.post(`/api/admin/performances/:id/${path}`, staff, limit, once, async (req, res) => {
        const context = contextOf(req);
        const { id } = parseParams(Params, req);
        const who: Who = { by: principalOf(req).userId, now: instantOf(clock()) };
        const command = commandOf(req, who, context.commandId);
        answer(res, id, command, await inventories.run(id, command, context));
      });
    };

    change('block', (req, who) => ({ kind: 'block', ...parseBody(BlockSeatsRequest, req), ...who }));
    change('unblock', (req, who) => ({ kind: 'unblock', ...parseBody(BlockSeatsRequest, req), ...who }));
    change('sections', (req, who) => ({ kind: 'add-sections', ...parseBody(AddSectionsRequest, req), ...who }));
    change('prices', (req, who) => ({ kind: 'change-prices', ...parseBody(ChangePricesRequest, req), ...who }));
    change('close', (req, who) => ({ kind: 'close-sales', ...parseBody(NothingMore, req), ...who }));
    change('reopen', (req, who) => ({ kind: 'reopen-sales', ...parseBody(NothingMore, req), ...who }));
    change('ticket-types', (req, who, newId) => {
      const { ticketTypeId: named, ...rest } = parseBody(SetTicketTypeRequest, req);
      const ticketType = { ticketTypeId: named ?? TicketTypeId.parse(newId), ...rest };
      return { kind: 'set-ticket-type', ticketType, mustExist: named !== undefined, ...who };
    });
  };

const answer = (res: Response, id: PerformanceId, command: InventoryCommand, outcome: InventoryOutcome): void => {
  if (outcome.kind === 'refused') throw refused(outcome);
  if (outcome.position === null) throw new Error(`accepted a change of ${id} without a place in the log`);
  const set = command.kind === 'set-ticket-type' ? { ticketTypeId: command.ticketType.ticketTypeId } : {};
  res.json({ id, ...set, position: outcome.position } satisfies InventoryChanged);
};
