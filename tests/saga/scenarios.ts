import { STEPS_PATH } from '@tiketi/shared-kernel/contracts/http/internal.js';
import type { Fate, Fault } from './bank.js';
import { createBuyer } from './buyer.js';
import { buyers, SEAT_PRICE, seatIds } from './hall.js';
import type { World, WorldOptions } from './world.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

export type Scenario = {
  readonly name: string;
  readonly options?: WorldOptions;
  readonly play: (world: World, stubborn: boolean) => Promise<unknown>;
  /** Events that show that the story was the one meant. */
  readonly shows: readonly string[];
  /** Where anything befalls it, it may be too late for that. */
  readonly tight?: true;
};

type Pays = { readonly points?: number; readonly fate?: Fate };

const [ANNA, BEN] = buyers;
if (ANNA === undefined || BEN === undefined) throw new Error('nobody buys');

/** A buyer up to the answer to their confirmation. */
const buying = async (world: World, stubborn: boolean, { points = 0, fate = 'approve' }: Pays = {}) => {
  const anna = createBuyer(world, ANNA, stubborn);
  const reservationId = await anna.reserve('first', seatIds.slice(0, 1));
  const order = reservationId === undefined ? undefined : await anna.order(reservationId, 'pay', points, fate);
  return { anna, reservationId, order, confirm: async () => (order === undefined ? 'nothing' : anna.confirm(order)) };
};

const bought = async (world: World, stubborn: boolean, pays?: Pays) => {
  const made = await buying(world, stubborn, pays);
  await made.confirm();
  return made;
};

const pays = (name: string, shows: string, how: Pays, ...faults: Fault[]): Scenario => ({
  name,
  options: { faults },
  play: (world, stubborn) => bought(world, stubborn, how),
  shows: [shows],
});

const givesUp = (name: string, after: number, how: Pays = {}): Scenario => ({
  name,
  play: async (world, stubborn) => {
    const { anna, reservationId } = await bought(world, stubborn, how);
    await world.turns.sleep(after);
    if (reservationId !== undefined) await anna.cancel(reservationId);
  },
  shows: ['ReservationCancelled'],
});

/** The show is called off so long after the confirmation was begun. */
const calledOff = (name: string, how: Pays | undefined, after: number, ...faults: Fault[]): Scenario => ({
  name: `the show is called off while ${name}`,
  options: { faults },
  play: async (world, stubborn) => {
    const { confirm } = await buying(world, stubborn, how);
    const confirmed = how === undefined ? undefined : confirm();
    await world.turns.sleep(after);
    world.callOff();
    await confirmed;
  },
  shows: ['SalesCancelled'],
});

export const scenarios: readonly Scenario[] = [
  pays('a card', 'SeatsSold', {}),
  pays('points and a card', 'PointsCaptured', { points: 20_000 }),
  pays('points alone', 'PointsCaptured', { points: 60_000 }),
  pays('a declined card', 'PaymentDeclined', { fate: 'decline' }),
  pays('points and a declined card', 'PointsHoldVoided', { points: 20_000, fate: 'decline' }),
  pays('a timeout after the charge', 'SeatsSold', { points: 20_000 }, 'lost'),
  pays('a charge that lands after everybody gave up', 'SeatsSold', { points: 20_000 }, 'late'),
  pays('a confirmation that never arrives', 'SeatsSold', {}, 'unreached', 'unreached'),
  {
    name: 'the provider is down, and comes back',
    play: async (world, stubborn) => {
      const { anna, order, confirm } = await buying(world, stubborn, { points: 20_000 });
      const confirmed = confirm();
      world.bank.setDown(true);
      await confirmed;
      await world.turns.sleep(3 * MINUTE);
      world.bank.setDown(false);
      if (order !== undefined) await anna.confirm(order);
    },
    shows: ['PaymentConfirmRequested'],
  },
  {
    name: 'the provider is down until the seats are gone',
    play: async (world, stubborn) => {
      const { confirm } = await buying(world, stubborn, { points: 20_000 });
      await confirm();
    },
    options: { faults: ['late', ...Array<Fault>(30).fill('unreached')] },
    shows: ['ReservationExpired', 'PaymentRefunded', 'PointsHoldVoided'],
  },
  {
    name: 'nobody confirms',
    play: (world, stubborn) => buying(world, stubborn),
    shows: ['ReservationExpired'],
  },
  {
    name: 'a card in the last seconds of the hold',
    options: { faults: ['slow'] },
    play: async (world, stubborn) => {
      const anna = createBuyer(world, ANNA, stubborn);
      const reservationId = await anna.reserve('first', seatIds.slice(0, 1));
      await world.turns.sleep(10 * MINUTE - 5000);
      const order = reservationId === undefined ? undefined : await anna.order(reservationId, 'pay', 20_000, 'approve');
      if (order !== undefined) await anna.confirm(order);
    },
    shows: ['SeatsSold'],
    tight: true,
  },
  {
    name: 'a payment begun and abandoned',
    play: async (world, stubborn) => {
      const { reservationId, order } = await buying(world, stubborn, { points: 20_000 });
      const body = { orderId: order?.orderId, amount: SEAT_PRICE, pointAmount: 20_000 };
      const steps = [{ id: reservationId, step: 'start-payment', body, causationId: 'a request' }];
      const start = async () => {
        const told = await world.reservation.ask(({ answer }) => answer('POST', STEPS_PATH, { steps }));
        if (!String(told).includes('"status":200')) throw new Error(String(told));
      };
      // it may be away just now: then once more
      await start()
        .catch(() => world.turns.sleep(5000).then(start))
        .catch(() => undefined);
    },
    shows: ['PaymentAbandoned', 'PaymentAttemptFailed', 'ReservationExpired'],
  },
  {
    name: 'two buyers at one seat',
    play: (world, stubborn) => {
      const ben = createBuyer(world, BEN, stubborn);
      return Promise.all([bought(world, stubborn, { points: 20_000 }), ben.reserve('other', seatIds.slice(0, 2))]);
    },
    shows: ['SeatsHeld'],
  },
  {
    name: 'three buyers pay at once, one of them too late',
    play: async (world, stubborn) => {
      const ordered = async (n: number, points: number) => {
        const buyer = createBuyer(world, buyers[n] ?? ANNA, stubborn);
        const reservationId = await buyer.reserve('own', seatIds.slice(n, n + 1));
        const order = reservationId === undefined ? undefined : await buyer.order(reservationId, 'pay', points, 'approve');
        return async () => (order === undefined ? 'nothing' : buyer.confirm(order));
      };
      const late = await ordered(0, 0);
      await world.turns.sleep(11 * MINUTE);
      const [first, last] = await Promise.all([ordered(1, 0), ordered(2, 20_000)]);
      // the first goes alone, the others together: one is refused and one is not
      await Promise.all([first(), late(), last()]);
    },
    shows: ['ReservationExpired', 'SeatsSold', 'PointsCaptured'],
  },
  {
    name: 'a confirmation after the hold has ended',
    play: async (world, stubborn) => {
      const { confirm } = await buying(world, stubborn, { points: 20_000 });
      await world.turns.sleep(11 * MINUTE);
      await confirm();
    },
    shows: ['ReservationExpired'],
  },
  {
    name: 'declined, and paid by another order',
    play: async (world, stubborn) => {
      const { anna, reservationId } = await bought(world, stubborn, { points: 20_000, fate: 'decline' });
      await world.turns.sleep(5000);
      const second = reservationId === undefined ? undefined : await anna.order(reservationId, 'again', 30_000, 'approve');
      if (second !== undefined) await anna.confirm(second);
    },
    shows: ['SeatsSold'],
    // the second order is refused while it is not known that the first was declined
    tight: true,
  },
  {
    name: 'a virtual account, paid',
    play: async (world, stubborn) => {
      const { order } = await bought(world, stubborn, { points: 20_000, fate: 'account' });
      await world.turns.sleep(60 * MINUTE);
      if (order !== undefined) world.bank.deposit(order.orderId);
    },
    shows: ['SeatsSold'],
  },
  { ...pays('a virtual account, overdue', 'ReservationExpired', { points: 20_000, fate: 'account' }) },
  {
    ...pays('a virtual account, overdue, whose balance stays', 'ReservationExpired', { fate: 'account' }),
    options: { keepsBalanceOfClosed: true },
  },
  {
    ...pays('a virtual account the show does not offer', 'PaymentDeclined', { points: 20_000, fate: 'account' }),
    options: { deposits: 'refused' },
  },
  {
    name: 'a virtual account, given up and paid all the same',
    play: async (world, stubborn) => {
      const { anna, reservationId, order } = await bought(world, stubborn, { points: 20_000, fate: 'account' });
      await world.turns.sleep(60 * MINUTE);
      const cancelled = reservationId === undefined ? undefined : anna.cancel(reservationId);
      if (order !== undefined) world.bank.deposit(order.orderId);
      await cancelled;
    },
    shows: ['ReservationCancelled'],
  },
  givesUp('given up within the day: all of it back', 60 * MINUTE, { points: 20_000 }),
  givesUp('given up eight days before: less a fee', 23 * DAY, { points: 20_000 }),
  givesUp('paid with points, given up eight days before', 23 * DAY, { points: 60_000 }),
  // refused while the payment is still under way
  { ...givesUp('given up at once', 0, { points: 20_000 }), tight: true },
  {
    name: 'given up by way of its payment',
    play: async (world, stubborn) => {
      const { anna, order } = await bought(world, stubborn, { points: 20_000 });
      await world.turns.sleep(23 * DAY);
      if (order !== undefined) await anna.cancelPayment(order.orderId, 'cancel');
    },
    options: { faults: ['none', 'lost'] },
    shows: ['PaymentRefunded'],
  },
  calledOff('a booking is unpaid', undefined, 5000),
  calledOff('a card is being charged', { points: 20_000 }, 5000, 'slow'),
  calledOff('a charge is lost', { points: 20_000 }, 5000, 'lost'),
  calledOff('a transfer is awaited', { points: 20_000, fate: 'account' }, 5000),
  calledOff('a booking is being confirmed', { points: 20_000 }, 0),
  calledOff('a booking is confirmed', { points: 20_000 }, 60 * MINUTE),
  calledOff('a declined booking waits', { fate: 'decline' }, 60_000),
];
