import { useQuery } from '@tanstack/react-query';
import { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { getJson } from '../../shared/api/get-json.js';
import { isFailing, pollInterval } from '../../shared/api/polling.js';
import { newerSeats, SeatsNow } from './seats-now.js';

const base = (performanceId: string): string => `/api/performances/${encodeURIComponent(performanceId)}`;

/** Geometry never changes under an id: it is asked for until it is there, then no more. */
export const useSeatMap = (performanceId: string) =>
  useQuery({
    queryKey: ['seatmap', performanceId],
    queryFn: ({ signal }) => getJson(`${base(performanceId)}/seatmap`, SeatMap, signal, 'default'),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (isFailing(query) ? pollInterval(query) : false),
  });

/** Seat states, polled while the page is visible, never going back to an older version. */
export const useSeatStatus = (performanceId: string) =>
  useQuery({
    queryKey: ['seat-status', performanceId],
    queryFn: ({ signal }) => getJson(`${base(performanceId)}/seat-status`, SeatsNow, signal),
    structuralSharing: (held, come) => newerSeats(held as SeatsNow | undefined, come as SeatsNow),
    refetchInterval: pollInterval,
    meta: { polled: true },
  });
