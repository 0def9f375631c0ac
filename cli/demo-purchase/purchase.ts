import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReservationView } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { PerformanceSummary, SeatMap, SeatStatus, ShowSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { type Buyer, freeNeighbours } from './buyer.js';

/** Tells each step with the milliseconds it took. */
export type Tell = (step: string, milliseconds: number, detail: string) => void;

export type Purchase = {
  readonly ticket: ReservationView;
  readonly orderId: string;
  /** Of each step, in milliseconds. */
  readonly steps: Readonly<Record<string, number>>;
};

const DELAYED_AT_MOST_MS = 120_000;

const withSeats = (shows: readonly ShowSummary[]): { show: ShowSummary; performance: PerformanceSummary } => {
  for (const show of shows) {
    const performance = show.performances.find((one) => one.status === 'on_sale' && one.availableSeats >= 2);
    if (performance !== undefined) return { show, performance };
  }
  throw new Error('no show on sale has two seats left');
};

const seatsIn = (map: SeatMap, status: SeatStatus) => {
  const seats = freeNeighbours(map, status, 2);
  if (seats === undefined) throw new Error('no two neighbouring seats are free');
  return seats;
};

/** Signs up, picks a show, takes two seats, reserves, pays, and waits for the confirmed ticket in the read model. */
export const purchase = async (buyer: Buyer, tell: Tell): Promise<Purchase> => {
  const steps: Record<string, number> = {};
  const timed = async <T>(step: string, work: () => Promise<T>, detailOf: (done: T) => string): Promise<T> => {
    const begun = performance.now();
    const done = await work();
    steps[step] = performance.now() - begun;
    tell(step, steps[step], detailOf(done));
    return done;
  };

  const { accessToken } = await timed('sign up', buyer.signUp, ({ user }) => user.email);
  const chosen = await timed(
    'pick a show',
    async () => withSeats(await buyer.showsOnSale()),
    ({ show, performance }) =>
      `${show.title.en} (${show.title.ko}), ${performance.startsAt}, ${performance.availableSeats} seats left`,
  );
  const performanceId = chosen.performance.id;
  const seats = await timed(
    'choose seats',
    async () => seatsIn(...(await Promise.all([buyer.seatMap(performanceId), buyer.seatStatus(performanceId)]))),
    (found) => found.join(', '),
  );
  const reserved = await timed(
    'reserve',
    () => buyer.reserve(accessToken, performanceId, seats, randomUUID()),
    (held) => `${held.reservationNumber}, ${held.totalAmount.toLocaleString('en')} won, until ${held.expiresAt}`,
  );
  const prepared = await timed(
    'prepare payment',
    () => buyer.prepare(accessToken, reserved.id, randomUUID()),
    (order) => order.orderId,
  );
  const paymentKey = await timed(
    'authenticate with the provider',
    () => buyer.authenticate(prepared),
    () => 'test card',
  );
  const paid = await timed(
    'confirm payment',
    () => buyer.confirm(accessToken, paymentKey, prepared, randomUUID()),
    (answer) => answer.status,
  );
  const ticket = await timed(
    'read the ticket',
    () => confirmedTicket(buyer, accessToken, reserved.id, paid.status === 'confirmed' ? paid.position : null),
    (view) => `${view.reservationNumber} ${view.status.toUpperCase()}`,
  );
  return { ticket, orderId: prepared.orderId, steps };
};

/** A confirmed payment shows as soon as the read model has passed its position; a delayed one is looked at again. */
const confirmedTicket = async (buyer: Buyer, token: string, id: string, position: string | null): Promise<ReservationView> => {
  const deadline = performance.now() + DELAYED_AT_MOST_MS;
  for (;;) {
    const view = await buyer.reservation(token, id, position);
    if (view.status === 'confirmed') return view;
    if (view.status !== 'pending' || performance.now() > deadline)
      throw new Error(`the reservation ended ${view.status}, not confirmed`);
    await pause(200);
  }
};
