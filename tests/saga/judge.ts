import { auditPoints } from '@tiketi/payment/points/testing/audit.js';
import { allEvents } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Fact } from '../support/history.js';
import { type Faults, logFaults, moneyFaults, outcomeFaults, seatFaults } from '../support/invariants.js';
import { settlementFaults } from './settlements.js';
import type { World } from './world.js';

const codec = createCodec(allEvents);

/** Every event of a world in log order, each checked against its schema. */
export const factsOf = ({ store }: Pick<World, 'store'>): Fact[] =>
  store.log.events.map((stored) => {
    const decoded = codec.decode(stored);
    if (decoded.kind !== 'event') throw new Error(`${stored.stream}@${stored.revision} ${stored.type} does not fit its schema`);
    return decoded.event;
  });

/** A command took effect at most once: its events lie together in one stream, from one append. */
const repeatFaults = (facts: readonly Fact[]): Faults => {
  const last = new Map<string, Fact>();
  return facts.flatMap((fact) => {
    const { commandId } = fact.metadata;
    const before = last.get(commandId);
    last.set(commandId, fact);
    const together = before === undefined || (before.stream === fact.stream && before.revision + 1n === fact.revision);
    return together ? [] : [`command ${commandId} took effect again: ${fact.stream}@${fact.revision} ${fact.type}`];
  });
};

/** Every hold ended as a sale of a confirmed booking, or its seats are free again. */
const holdFaults = (facts: readonly Fact[]): Faults => {
  const holds = new Map<string, string>();
  const bookings = new Map<string, string>();
  for (const { type, data } of facts) {
    if (type === 'SeatsHeld' || type === 'SeatsSold' || type === 'SeatsReleased') holds.set(data.reservationId, type);
    if (type === 'ReservationConfirmed' || type === 'ReservationCancelled' || type === 'ReservationExpired')
      bookings.set(data.reservationId, type);
  }
  return [...holds].flatMap(([id, hold]) => {
    const due = bookings.get(id) === 'ReservationConfirmed' ? 'SeatsSold' : 'SeatsReleased';
    return hold === due ? [] : [`reservation ${id} ends at ${bookings.get(id)} and its seats at ${hold}`];
  });
};

/** No order is left between a question and its answer. */
const orderFaults = (facts: readonly Fact[]): Faults => {
  const last = new Map<string, string>();
  for (const { stream, type } of facts) if (stream.startsWith('payment-')) last.set(stream, type);
  const questions = new Set(['PaymentConfirmRequested', 'VirtualAccountIssued', 'PaymentRefundRequested']);
  return [...last].flatMap(([stream, type]) => (questions.has(type) ? [`${stream} is left at ${type}`] : []));
};

/** Of a show that was called off nobody has anything left. */
const showFaults = (facts: readonly Fact[]): Faults => {
  if (!facts.some(({ type }) => type === 'ShowCancelled')) return [];
  const open = facts.some(({ type }) => type === 'SalesCancelled') ? [] : ['sales go on for a show that was called off'];
  const held = new Map<string, boolean>();
  for (const { type, data } of facts) {
    if (type === 'SeatsHeld') held.set(data.reservationId, true);
    if (type === 'SeatsReleased') held.set(data.reservationId, false);
  }
  const left = [...held].flatMap(([id, still]) =>
    still ? [`reservation ${id} still has seats of a show that was called off`] : [],
  );
  return [...open, ...left];
};

const isPointsEvent = (fact: Fact): fact is Fact & PointsEvent => fact.stream.startsWith('points-');

const pointFaults = (facts: readonly Fact[]): Faults => {
  try {
    const events = facts.filter(isPointsEvent);
    for (const name of new Set(events.map(({ stream }) => stream))) {
      const history = events.filter(({ stream }) => stream === name);
      // of a buyer who did nothing there is nothing to audit
      if (history.length > 1) auditPoints(history);
    }
    return [];
  } catch (error) {
    return [`points: ${String(error)}`];
  }
};

/** What must hold of every prefix of a history, told from its events alone (I1, I4, I7, I8). */
export const prefixFaults = (facts: readonly Fact[]): Faults => [
  ...logFaults(facts),
  ...seatFaults(facts),
  ...repeatFaults(facts),
  ...pointFaults(facts),
];

/** Everything wrong with a world that has come to rest: its history, the provider's books, and what it still has to do. */
export const judge = (world: World): Faults => {
  const facts = factsOf(world);
  const charged = world.bank.payments().filter(({ approvedAt }) => approvedAt !== null);
  return [
    ...prefixFaults(facts),
    ...holdFaults(facts),
    ...showFaults(facts),
    ...outcomeFaults(facts),
    ...orderFaults(facts),
    // the points buyers begin with were bought before
    ...moneyFaults(
      facts.filter(({ type }) => type !== 'PointsCharged'),
      { payments: charged },
    ),
    ...settlementFaults(facts, world.bank),
    ...[...world.tables.rows.left(), ...world.kept.notices.left()].map((row) => `left to do: ${row}`),
    ...world.faults,
  ];
};
