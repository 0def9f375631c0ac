import { BookingLog, type BookingLogEntry } from '@tiketi/shared-kernel/contracts/http/operations.js';
import type { Site } from './site.js';

const linesOf = ({ at, what, stream, revision, type, actor, causation }: BookingLogEntry): string[] => [
  `${at}  ${what}`,
  `    ${type} ${stream}@${revision}, by ${actor.service ?? actor.role}, from ${causation}`,
];

/** The whole story of a booking, as lines. */
export const tellBooking = async (site: Site, reservationId: string, say: (line: string) => void): Promise<void> => {
  const { entries } = await site.get(`/api/admin/bookings/${encodeURIComponent(reservationId)}/log`, BookingLog);
  for (const entry of entries) for (const line of linesOf(entry)) say(line);
};
