/** Who answers behind the edge; the edge's environment gives each an address as `<NAME>_URL`. */
export const UPSTREAMS = [
  'auth',
  'catalog',
  'reservation',
  'payment',
  'query-api',
  'projectors',
  'toss-simulator',
  'realtime-gateway',
] as const;
export type Upstream = (typeof UPSTREAMS)[number];

export type Route = {
  /** Matches this path itself and everything below it. */
  prefix: string;
  /** Absent: every method. GET includes HEAD. */
  methods?: readonly string[];
  to: Upstream;
  /** The upstream sees the path without the prefix. */
  strip?: true;
  /** Largest request body in bytes; default `DEFAULT_BODY_LIMIT`. */
  bodyLimit?: number;
  /** Upgrades to WebSocket are passed on. */
  upgrade?: true;
};

export const DEFAULT_BODY_LIMIT = 64 * 1024;
const READ = ['GET'] as const;

/** The one table of what is reachable from outside, first match wins. What no row names is the client's page, or a 404 below `/api`. */
export const ROUTES: readonly Route[] = [
  { prefix: '/api/auth', to: 'auth' },
  { prefix: '/api/events', methods: READ, to: 'query-api' },
  { prefix: '/api/performances', methods: READ, to: 'query-api' },
  { prefix: '/api/reservations', methods: READ, to: 'query-api' },
  { prefix: '/api/seat-layouts', methods: READ, to: 'query-api' },
  { prefix: '/api/tickets', methods: READ, to: 'query-api' },
  { prefix: '/api/seats/event', methods: READ, to: 'query-api' },
  { prefix: '/api/events', to: 'catalog' },
  // Free-form geometry of up to 50,000 seats.
  { prefix: '/api/seat-layouts', to: 'catalog', bodyLimit: 8 * 1024 * 1024 },
  { prefix: '/api/reservations', methods: ['POST'], to: 'reservation' },
  { prefix: '/api/cancellation-quotes', methods: READ, to: 'reservation' },
  { prefix: '/api/seats', to: 'reservation' },
  { prefix: '/api/admin/performances', methods: ['POST'], to: 'reservation' },
  { prefix: '/api/admin/reconciliations', to: 'payment' },
  { prefix: '/api/admin/parked/reservation', to: 'reservation' },
  { prefix: '/api/admin/parked/payment', to: 'payment' },
  { prefix: '/api/admin/parked/projectors', to: 'projectors' },
  { prefix: '/api/admin/bookings', methods: READ, to: 'query-api' },
  { prefix: '/api/payments', to: 'payment' },
  { prefix: '/api/points', to: 'payment' },
  { prefix: '/toss-simulator', to: 'toss-simulator', strip: true },
  { prefix: '/socket.io', to: 'realtime-gateway', upgrade: true },
];

/** The first row that serves this method and path (without query). */
export function routeFor(method: string, path: string, routes: readonly Route[] = ROUTES): Route | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return routes.find(
    ({ prefix, methods }) => (path === prefix || path.startsWith(`${prefix}/`)) && (methods?.includes(asked) ?? true),
  );
}
