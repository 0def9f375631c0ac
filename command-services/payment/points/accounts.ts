import { type PointsEvent, pointsEvents } from '@tiketi/shared-kernel/contracts/events/points.js';
import { CommandId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { pointsStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Clock } from '@tiketi/shared-kernel/event-sourcing/clock.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createCommandHandler, type Handled, loadStream } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { Decide } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Asking } from '../orders.js';
import { type Points, points } from './points.js';

/** One command on a buyer's points. `id` names it for good: the order and the step. */
export type PointsCommand<R> = {
  readonly id: string;
  readonly correlationId: string;
  readonly decideAt: (now: Instant) => Decide<Points, PointsEvent, R>;
};

export type PointsAccounts = {
  readonly decide: <R>(userId: UserId, command: PointsCommand<R>, asking: Asking) => Promise<Handled<Points, PointsEvent, R>>;
  readonly find: (userId: UserId) => Promise<Points>;
};

export type PointsAccountsPorts = {
  readonly store: EventStore;
  readonly clock: () => number;
  /** What waits between two sendings of an append; the system's unless a test says otherwise. */
  readonly timer?: Clock;
};

export const createPointsAccounts = ({ store, clock, timer }: PointsAccountsPorts): PointsAccounts => {
  const stream = { store, codec: createCodec(pointsEvents), aggregate: points };
  const handle = createCommandHandler({ ...stream, ...(timer === undefined ? {} : { clock: timer }) });
  return {
    decide: (userId, { id, correlationId, decideAt }, asking) =>
      handle(pointsStream(userId), decideAt(instantOf(clock())), {
        commandId: CommandId.parse(id),
        correlationId,
        ...asking,
      }),
    find: async (userId) => (await loadStream(stream, pointsStream(userId))).state,
  };
};
