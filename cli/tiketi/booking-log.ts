import { BookingLog, type BookingLogEntry } from '@tiketi/shared-kernel/contracts/http/operations.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { CommandError } from '../command-error.js';
import type { Site } from './site.js';

const linesOf = ({ at, what, stream, revision, type, actor, causation }: BookingLogEntry): string[] => [
  `${at}  ${what}`,
  `    ${type} ${stream}@${revision}, by ${actor.service ?? actor.role}, from ${causation}`,
];

/** The whole story of a booking, as lines. */
export const tellBooking = async (site: Site, reservationId: string, say: (line: string) => void): Promise<void> => {
  const id = ReservationId.safeParse(reservationId);
  if (!id.success)
    throw new CommandError(
      `${reservationId} is no reservation's id. The id is asked for, not the number on the ticket (TK-…): \`id\` in GET /api/reservations/my.`,
    );
  const { entries } = await site.get(`/api/admin/bookings/${id.data}/log`, BookingLog);
  for (const entry of entries) for (const line of linesOf(entry)) say(line);
};
