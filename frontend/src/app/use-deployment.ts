import { useQuery } from '@tanstack/react-query';
import { Deployment } from '@tiketi/shared-kernel/contracts/http/deployment.js';
import { getJson } from '../shared/api/get-json.js';
import { isFailing, pollInterval } from '../shared/api/polling.js';

/** What stands behind this site: asked once, again only until it is known. */
export const useDeployment = () =>
  useQuery({
    queryKey: ['deployment'],
    queryFn: ({ signal }) => getJson('/api/deployment', Deployment, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (isFailing(query) ? pollInterval(query) : false),
  });
