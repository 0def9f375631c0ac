import type { HeldSeats } from '@tiketi/reservation/reservation/opening.js';
import type { Clock } from '@tiketi/shared-kernel/event-sourcing/clock.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createBank, type Fault } from './bank.js';
import type { Tables } from './booking-consumer.js';
import type { Ground } from './ground.js';
import { callOff, DUE_BY, performanceId, prepareHall, START, startsAt } from './hall.js';
import { createService, type Service } from './lives.js';
import { bootPayment, type PaymentSide, type PaymentTables } from './payment-side.js';
import { bootReservation, type ReservationSide } from './reservation-side.js';
import { createRows } from './rows.js';
import { type Blows, createSeams } from './seams.js';
import { type Choose, createTurns } from './turns.js';
import { clientOf } from './wire.js';

export type WorldOptions = {
  readonly blows?: Blows;
  readonly choose?: Choose;
  readonly faults?: readonly Fault[];
  /** The provider sends webhooks about what happens to payments. */
  readonly webhooks?: boolean;
  readonly deposits?: 'offered' | 'refused';
  readonly keepsBalanceOfClosed?: boolean;
  readonly sabotage?: Sabotage;
};

/** For trying the judge: a kind of wish that is forgotten, or wishes crossed off before they are run. */
export type Sabotage = { readonly forgets: string } | 'settles-first';

const logger = createLogger({ service: 'test', level: 'silent' });

/** The store itself takes no time: what takes some is the effect's turn. */
const soon: Clock['after'] = (_, call) => {
  queueMicrotask(call);
  return () => undefined;
};

const first: Choose = () => 0;
/** Far more than any of these histories takes to come to rest. */
const MOST_STEPS = 20_000;

/** Both services of a booking over one store in memory, one provider and one time, each of them mortal. */
export const createWorld = (o: WorldOptions = {}) => {
  const choose = o.choose ?? first;
  const turns = createTurns(choose, START);
  const seams = createSeams(turns, o.blows ?? new Map());
  const store = createModelStore({ now: turns.clock, after: soon });
  prepareHall(store.log, o.deposits ?? 'offered');

  const faults: string[] = [];
  const noted = (where: string, error: unknown): void => void faults.push(`${where}: ${String(error)}`);
  const settlesFirst = o.sabotage === 'settles-first';
  const ground: Ground = { turns, seams, store, logger, noted, settlesFirst, batch: () => 1 + choose(3) };

  const forgotten = typeof o.sabotage === 'object' ? o.sabotage.forgets : undefined;
  const tables: Tables = { bookings: new Map<string, HeldSeats>(), rows: createRows(turns.clock, forgotten), position: 0 };
  const kept: PaymentTables = { accounts: new Map(), refundAccounts: new Map(), notices: createRows(turns.clock) };
  let notices = 0;
  const notice = (orderId: string): void => {
    notices += 1;
    const row = {
      id: `hear:${notices}`,
      key: orderId,
      kind: 'hear',
      payload: {},
      correlationId: orderId,
      causationId: 'webhook',
    };
    kept.notices.add([{ ...row, dueAt: new Date(turns.clock() + 500) }]);
  };
  const bank = createBank(turns, {
    ...{ faults: [...(o.faults ?? [])], dueBy: DUE_BY, told: o.webhooks === false ? () => undefined : notice },
    keepsBalanceOfClosed: o.keepsBalanceOfClosed ?? false,
  });

  const reservation: Service<ReservationSide> = createService(
    turns,
    bootReservation({
      ...{ ground, tables, performanceId, startsAt },
      payments: (around) => clientOf(around, turns, (...asked) => payment.ask(({ answer }) => answer(...asked)), 10_000),
    }),
  );
  const payment: Service<PaymentSide> = createService(
    turns,
    bootPayment({
      ...{ ground, tables: kept, provider: bank.provider },
      reservations: (around) => clientOf(around, turns, (...asked) => reservation.ask(({ answer }) => answer(...asked)), 8000),
    }),
  );

  return {
    ...{ turns, seams, store, bank, reservation, payment, tables, kept, faults, noted },
    /** A webhook about an order comes, whoever sent it. */
    notice,
    callOff: () => callOff(store.log, turns.clock()),
    /** Plays it and everything that follows from it, until nothing is left to do. */
    play: async (script: () => Promise<unknown>): Promise<void> => {
      let ended = false;
      const playing = script().finally(() => {
        ended = true;
      });
      await turns.rest(MOST_STEPS);
      if (!ended) throw new Error('the script waits for ever');
      await playing;
    },
    close: async () => reservation.running()?.parts.close(),
  };
};

export type World = ReturnType<typeof createWorld>;
