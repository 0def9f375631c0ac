import { type SeatMap, SeatStatus, type ShowDetail } from '@tiketi/shared-kernel/contracts/http/shows.js';

/** Two bits a seat, lowest first, as the contract packs them. */
export const packSeatStates = (states: Uint8Array): string => {
  const bytes = new Uint8Array(Math.ceil(states.length / 4));
  states.forEach((state, seat) => {
    bytes[seat >> 2] = (bytes[seat >> 2] ?? 0) | (state << ((seat & 3) * 2));
  });
  return Buffer.from(bytes).toString('base64');
};

/** Which seats are gone: scattered, yet the same in every run, and as many as the performance says. */
const scatter = (total: number, available: number): Uint8Array => {
  const order = Array.from({ length: total }, (_, seat) => seat).sort(
    (a, b) => ((a * 7919) % 10007) - ((b * 7919) % 10007) || a - b,
  );
  const states = new Uint8Array(total);
  for (const [rank, seat] of order.slice(0, total - available).entries()) states[seat] = rank % 9 === 0 ? 1 : 2;
  return states;
};

export const fakeSeats = (show: ShowDetail, map: SeatMap) => {
  const performance = show.performances.find(({ id }) => id === map.performanceId);
  const states = scatter(map.totalSeats, performance?.availableSeats ?? map.totalSeats);
  let version = 9n;
  const count = (wanted: number): number => states.reduce((sum, state) => sum + (state === wanted ? 1 : 0), 0);
  return {
    map,
    status: (): SeatStatus =>
      SeatStatus.parse({
        performanceId: map.performanceId,
        version: version.toString(),
        mapVersion: map.version,
        totalSeats: map.totalSeats,
        available: count(0),
        held: count(1),
        sold: count(2),
        blocked: count(3),
        status: packSeatStates(states),
      }),
    block: (): void => {
      states[states.indexOf(0)] = 3;
      version += 1n;
      if (performance !== undefined) performance.availableSeats -= 1;
    },
    sell: (): void => {
      states[states.indexOf(0)] = 2;
      version += 1n;
      if (performance !== undefined) performance.availableSeats -= 1;
    },
  };
};
