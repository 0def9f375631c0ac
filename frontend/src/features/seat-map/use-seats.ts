import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { getJson } from '../../shared/api/get-json.js';
import { isFailing, pollInterval } from '../../shared/api/polling.js';
import { newerSeats, SeatsNow } from './seats-now.js';
import { tallyGrades, tallySections } from './tallies.js';

const base = (performanceId: string): string => `/api/performances/${encodeURIComponent(performanceId)}`;

/**
 * Geometry and prices of the version the seat status names. One version never changes: it is asked for until it is there, then no
 * more; until a newer one has come the last one stays.
 */
export const useSeatMap = (performanceId: string, version: string | undefined) =>
  useQuery({
    queryKey: ['seatmap', performanceId, version],
    queryFn: ({ signal }) => getJson(`${base(performanceId)}/seatmap?version=${version}`, SeatMap, signal, 'default'),
    enabled: version !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (isFailing(query) || query.state.data?.version !== version ? pollInterval(query) : false),
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

/** The grades of a performance's seats, dearest first; none while its seats are not known. */
export const useGrades = (performanceId: string): string[] => {
  const map = useSeatMap(performanceId, useSeatStatus(performanceId).data?.mapVersion).data;
  return map === undefined ? [] : tallyGrades(tallySections(map, new Uint8Array())).map(({ grade }) => grade);
};
