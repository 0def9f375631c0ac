import { z } from 'zod';
import { defineEvent, type EventOf } from '../../contracts/events/definition.js';
import { CommandId } from '../../contracts/ids.js';
import { createCodec } from '../codec.js';
import type { Aggregate, Decide } from '../decider.js';
import type { CommandContext } from '../metadata.js';

const seatData = z.object({ seat: z.string(), by: z.string(), command: z.string() });
const seatEvents = { SeatTaken: defineEvent(1, seatData), SeatFreed: defineEvent(1, seatData) };
export type SeatEvent = EventOf<typeof seatEvents>;
/** Who has which seat, what was ever done, and how many events were folded, so that folding one twice shows. */
export type Seats = {
  readonly holders: ReadonlyMap<string, string>;
  readonly done: ReadonlySet<string>;
  readonly events: number;
};

/** The smallest domain with refusals, repeats and commands of several events, for tests of the machinery. */
export const seats: Aggregate<Seats, SeatEvent> = {
  initial: { holders: new Map(), done: new Set(), events: 0 },
  evolve: {
    SeatTaken: (state, { data }) => next(state, data.command, [...state.holders, [data.seat, data.by]]),
    SeatFreed: (state, { data }) =>
      next(
        state,
        data.command,
        [...state.holders].filter(([seat]) => seat !== data.seat),
      ),
  },
};

const next = (state: Seats, command: string, holders: readonly (readonly [string, string])[]): Seats => ({
  holders: new Map(holders),
  done: new Set([...state.done, command]),
  events: state.events + 1,
});

export const seatCodec = createCodec(seatEvents);

/** All or none; what one has already is not taken again, nor what was once taken by this command. */
export const take =
  (command: string, by: string, ...wanted: string[]): Decide<Seats, SeatEvent, 'SeatTaken'> =>
  ({ holders, done }) => {
    if (done.has(command)) return { accepted: [] };
    if (wanted.some((seat) => (holders.get(seat) ?? by) !== by)) return { refused: 'SeatTaken' };
    const missing = wanted.filter((seat) => !holders.has(seat));
    return { accepted: missing.map((seat) => ({ type: 'SeatTaken', data: { seat, by, command } })) };
  };

export const free =
  (command: string, by: string, seat: string): Decide<Seats, SeatEvent, 'NotYours'> =>
  ({ holders, done }) => {
    if (done.has(command) || !holders.has(seat)) return { accepted: [] };
    if (holders.get(seat) !== by) return { refused: 'NotYours' };
    return { accepted: [{ type: 'SeatFreed', data: { seat, by, command } }] };
  };

export const context = (commandId: string): CommandContext => ({
  commandId: CommandId.parse(commandId),
  correlationId: `correlation-${commandId}`,
  causationId: commandId,
  actor: { id: 'tester', role: 'buyer' },
});
