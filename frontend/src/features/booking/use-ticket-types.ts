import { useQuery } from '@tanstack/react-query';
import { TicketTypeList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { getJson } from '../../shared/api/get-json.js';
import { pollInterval } from '../../shared/api/polling.js';

/** General admission of one performance, polled while the page is visible. */
export const useTicketTypes = (showId: string, performanceId: string) =>
  useQuery({
    queryKey: ['ticket-types', performanceId],
    queryFn: ({ signal }) =>
      getJson(
        `/api/tickets/event/${encodeURIComponent(showId)}?performanceId=${encodeURIComponent(performanceId)}`,
        TicketTypeList,
        signal,
      ),
    refetchInterval: pollInterval,
    meta: { polled: true },
  });
