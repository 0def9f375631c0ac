import type { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import fc from 'fast-check';
import type { Fate, Fault } from './bank.js';
import { type Buyer, createBuyer, type OrderOf } from './buyer.js';
import { buyers, POINTS, SEAT_PRICE, seatIds } from './hall.js';
import type { Blow } from './seams.js';
import type { Choose } from './turns.js';
import { createWorld, type World, type WorldOptions } from './world.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Action =
  | { readonly kind: 'reserve'; readonly key: number; readonly seat: number; readonly seats: number }
  | { readonly kind: 'pay'; readonly points: 'none' | 'some' | 'all'; readonly fate: Fate; readonly twice: boolean }
  | { readonly kind: 'confirm' | 'other-checkout' | 'deposit' | 'notice'; readonly order: number }
  | { readonly kind: 'cancel' | 'cancel-payment'; readonly which: number }
  | { readonly kind: 'wait'; readonly ms: number };

/** Everything of one random history: what people do, when, in which order things happen, and what befalls them. */
export type Program = {
  readonly scripts: readonly (readonly Action[])[];
  readonly stubborn: boolean;
  readonly callOff: number | null;
  readonly downFrom: number | null;
  readonly downFor: number;
  readonly faults: readonly Fault[];
  readonly blows: readonly { readonly at: number; readonly blow: Blow }[];
  readonly choices: readonly number[];
  readonly options: Pick<WorldOptions, 'deposits' | 'keepsBalanceOfClosed' | 'webhooks'>;
};

const index = fc.nat({ max: 3 });
const fate = fc.oneof(
  { arbitrary: fc.constant<Fate>('approve'), weight: 6 },
  { arbitrary: fc.constant<Fate>('decline'), weight: 2 },
  { arbitrary: fc.constant<Fate>('account'), weight: 3 },
);
const wait = fc.constantFrom(
  SECOND,
  5 * SECOND,
  30 * SECOND,
  90 * SECOND,
  3 * MINUTE,
  11 * MINUTE,
  16 * MINUTE,
  7 * HOUR,
  23 * DAY,
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant('reserve' as const), key: index, seat: index, seats: fc.constantFrom(1, 2) }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('pay' as const),
      points: fc.constantFrom('none' as const, 'some' as const, 'all' as const),
      fate,
      twice: fc.boolean(),
    }),
    weight: 6,
  },
  { arbitrary: fc.record({ kind: fc.constant('confirm' as const), order: index }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('other-checkout' as const), order: index }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('deposit' as const), order: index }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('notice' as const), order: index }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'cancel-payment' as const), which: index }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: wait }), weight: 4 },
);

const script = fc
  .tuple(fc.nat({ max: 3 }), fc.array(action, { minLength: 1, maxLength: 7 }))
  // a buyer begins by wanting something
  .map(([seat, actions]): Action[] => [{ kind: 'reserve', key: 0, seat, seats: 1 }, ...actions]);

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary, weight: 1 });

const fault = fc.oneof(
  { arbitrary: fc.constant<Fault>('none'), weight: 5 },
  { arbitrary: fc.constantFrom<Fault>('unreached', 'lost', 'slow', 'late'), weight: 4 },
);

export const program: fc.Arbitrary<Program> = fc.record({
  scripts: fc.array(script, { minLength: 1, maxLength: buyers.length }),
  stubborn: fc.boolean(),
  callOff: seldom(wait),
  downFrom: seldom(wait),
  downFor: fc.constantFrom(10 * SECOND, 4 * MINUTE, 30 * MINUTE),
  faults: fc.array(fault, { maxLength: 10 }),
  blows: fc.array(
    fc.record({
      at: fc.oneof(fc.nat({ max: 25 }), fc.nat({ max: 120 })),
      blow: fc.constantFrom<Blow>('dies-before', 'dies-after', 'lost', 'cut', 'stalls'),
    }),
    {
      maxLength: 5,
    },
  ),
  choices: fc.array(fc.nat({ max: 99 }), { maxLength: 250, size: 'max' }),
  options: fc.record({
    deposits: fc.constantFrom('offered' as const, 'offered' as const, 'refused' as const),
    keepsBalanceOfClosed: fc.boolean(),
    webhooks: fc.boolean(),
  }),
});

/** So seldom does time pass although somebody could go on: a process that stalls. */
const STALLS = 97;

/** First come, first served once the choices are used up. */
export const chooseBy = (choices: readonly number[]): Choose => {
  let used = 0;
  return (count) => {
    const drawn = choices[used];
    used += 1;
    if (drawn === undefined) return 0;
    return drawn >= STALLS ? count - 1 : drawn % Math.max(1, count - 1);
  };
};

const pointsOf = (points: 'none' | 'some' | 'all', seats: number): number =>
  ({ none: 0, some: 20_000, all: Math.min(seats * SEAT_PRICE, POINTS) })[points];

type Doing = { readonly reservations: { id: ReservationId; seats: number }[]; readonly orders: (OrderOf & { fate: Fate })[] };

const perform = async (world: World, buyer: Buyer, doing: Doing, one: Action): Promise<unknown> => {
  const { reservations, orders } = doing;
  switch (one.kind) {
    case 'wait':
      return world.turns.sleep(one.ms);
    case 'reserve': {
      const wanted = seatIds.slice(one.seat, one.seat + one.seats);
      const id = await buyer.reserve(`r${one.key}`, wanted);
      return id === undefined ? undefined : reservations.push({ id, seats: wanted.length });
    }
    case 'pay': {
      const last = reservations.at(-1);
      if (last === undefined) return;
      const made = await buyer.order(last.id, `o${orders.length}`, pointsOf(one.points, last.seats), one.fate);
      if (made === undefined) return;
      orders.push({ ...made, fate: one.fate });
      return Promise.all([buyer.confirm(made), one.twice ? buyer.confirm(made) : undefined]);
    }
    case 'cancel': {
      const id = reservations[one.which % Math.max(1, reservations.length)]?.id;
      return id === undefined ? undefined : buyer.cancel(id);
    }
    default: {
      const order = orders[('order' in one ? one.order : one.which) % Math.max(1, orders.length)];
      return order === undefined ? undefined : withOrder(world, buyer, order, one.kind);
    }
  }
};

const withOrder = async (
  world: World,
  buyer: Buyer,
  order: OrderOf & { readonly fate: Fate },
  kind: 'confirm' | 'other-checkout' | 'deposit' | 'notice' | 'cancel-payment',
): Promise<unknown> => {
  switch (kind) {
    case 'confirm':
      return buyer.confirm(order);
    case 'other-checkout':
      return order.amount === 0 ? undefined : buyer.confirm(buyer.anew(order, order.fate));
    case 'deposit':
      return world.bank.deposit(order.orderId);
    case 'notice':
      return world.notice(order.orderId);
    case 'cancel-payment':
      return buyer.cancelPayment(order.orderId, 'cancel');
  }
};

/** The world of a program, and the program itself; `again` has everybody confirm every order once more. */
export const worldOf = (p: Program) => {
  const blows = new Map(p.blows.map(({ at, blow }) => [at, blow]));
  const world = createWorld({ ...p.options, blows, faults: p.faults, choose: chooseBy(p.choices) });
  const people = p.scripts.flatMap((actions, n) => {
    const userId = buyers[n];
    const doing: Doing = { reservations: [], orders: [] };
    return userId === undefined ? [] : [{ buyer: createBuyer(world, userId, p.stubborn), actions, doing }];
  });
  return {
    world,
    run: async (): Promise<unknown> => {
      if (p.callOff !== null) world.turns.after(p.callOff, world.callOff);
      if (p.downFrom !== null) {
        world.turns.after(p.downFrom, () => world.bank.setDown(true));
        world.turns.after(p.downFrom + p.downFor, () => world.bank.setDown(false));
      }
      return Promise.all(
        people.map(async ({ buyer, actions, doing }) => {
          for (const one of actions) await perform(world, buyer, doing, one);
        }),
      );
    },
    again: (): Promise<{ readonly orderId: string; readonly told: string }[]> =>
      Promise.all(
        people.flatMap(({ buyer, doing }) =>
          doing.orders.map(async (order) => ({ orderId: order.orderId, told: await buyer.confirm(order) })),
        ),
      ),
  };
};
