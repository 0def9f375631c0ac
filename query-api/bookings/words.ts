import type { LoggedFacts, LoggedType } from '@tiketi/projectors/booking-log/schema.js';

const won = (amount: number | undefined): string => `${(amount ?? 0).toLocaleString('en')} won`;
const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

const things = ({ seats = 0, places = 0 }: LoggedFacts): string =>
  [...(seats > 0 ? [count(seats, 'seat')] : []), ...(places > 0 ? [count(places, 'place')] : [])].join(' and ');

/** `90,000 won by card and 10,000 points`; what is nothing is not told. */
const parts = ({ card = 0, points = 0 }: LoggedFacts): string => {
  const told = [...(card > 0 ? [`${won(card)} by card`] : []), ...(points > 0 ? [`${points.toLocaleString('en')} points`] : [])];
  return told.length === 0 ? 'nothing' : told.join(' and ');
};
const spoken = (reason: string | undefined): string => (reason ?? 'unknown').replaceAll('_', ' ');
const withPoints = ({ points = 0 }: LoggedFacts): string => (points > 0 ? `, ${points.toLocaleString('en')} points in it` : '');

/** What happened, in a sentence without its full stop. */
const words: { readonly [T in LoggedType]: (facts: LoggedFacts) => string } = {
  SeatsHeld: (f) => `${things(f)} held for ${won(f.amount)} until ${f.until} as ${f.number}`,
  SeatsSold: (f) => `what was held is sold by order ${f.orderId}`,
  SeatsReleased: (f) => `the seats are free again: ${spoken(f.reason)}`,
  ReservationOpened: () => 'the reservation has a stream of its own',
  PaymentStarted: (f) => `payment by order ${f.orderId} started${withPoints(f)}, to be asked for by ${f.until}`,
  DepositAwaited: (f) => `the reservation waits for the deposit of order ${f.orderId} until ${f.until}`,
  PaymentAttemptFailed: (f) => `the attempt to pay by order ${f.orderId} failed: ${spoken(f.reason)}`,
  ReservationConfirmed: (f) => `confirmed, paid by order ${f.orderId}${withPoints(f)}`,
  ReservationCancelled: (f) =>
    f.amount === undefined
      ? `cancelled (${spoken(f.reason)}), nothing to give back`
      : `cancelled (${spoken(f.reason)}), ${won(f.amount)} to give back, ${won(f.fee)} kept`,
  ReservationExpired: () => 'expired unpaid',
  PaymentPrepared: (f) => `order ${f.orderId} prepared over ${won(f.amount)}: ${parts(f)}`,
  PaymentConfirmRequested: (f) => `the provider is about to be asked to charge order ${f.orderId}`,
  VirtualAccountIssued: (f) => `a virtual account was issued for order ${f.orderId}, open until ${f.until}`,
  PaymentApproved: (f) => `order ${f.orderId} is paid: ${parts(f)}`,
  PaymentDeclined: (f) => `order ${f.orderId} was declined: ${f.reason}`,
  PaymentAbandoned: (f) => `order ${f.orderId} was abandoned, nobody asked for the charge`,
  PaymentRefundRequested: (f) => `refund ${f.refundId} of order ${f.orderId} asked for: ${parts(f)} (${spoken(f.reason)})`,
  PaymentRefunded: (f) => `refund ${f.refundId} of order ${f.orderId} given: ${parts(f)}`,
  DepositReversed: (f) => `the bank took the deposit of order ${f.orderId} back: a person has to look`,
  PointsHeld: (f) => `${parts(f)} held for order ${f.orderId}`,
  PointsCaptured: (f) => `${parts(f)} spent on order ${f.orderId}`,
  PointsHoldVoided: (f) => `hold of ${parts(f)} for order ${f.orderId} ended`,
  PointsRefunded: (f) => `${parts(f)} given back by refund ${f.refundId} of order ${f.orderId}`,
};

/** An event in words; its type's own name where it is one this release does not know. */
export const wordsOf = (type: string, facts: LoggedFacts): string =>
  Object.hasOwn(words, type) ? words[type as LoggedType](facts) : type;
