import { access, readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { checkoutPage, type FakeBookings, fakeBookings } from './fake-bookings.js';
import { fakeSeats } from './fake-seats.js';
import type { FakeShow } from './fake-shows.js';

const DIST = join(import.meta.dirname, '..', 'dist');
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** Stricter than the edge need be, so that the page is known to live under it. */
const POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'";

export type FakeSite = {
  url: string;
  shows: FakeShow[];
  /** While false every answer under /api is 503, as from an edge that reaches nothing. */
  up: boolean;
  simulated: string[];
  /** Sells the first free seat of a performance: the next version of its seats. */
  sell(performanceId: string): void;
  /** Keeps the first free seat of a performance from sale. */
  block(performanceId: string): void;
  bookings: FakeBookings;
  close(): Promise<void>;
};

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const sendFile = async (response: ServerResponse, path: string): Promise<void> => {
  const file = extname(path) === '' ? '/index.html' : normalize(path);
  try {
    const body = await readFile(join(DIST, file));
    response.writeHead(200, {
      'content-type': `${TYPES[extname(file)] ?? 'application/octet-stream'}; charset=utf-8`,
      'content-security-policy': POLICY,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
};

/** Serves the built page and an API of the contract's shapes on a free port of the loopback; throws where the page is not built. */
export const startFakeSite = async (shows: FakeShow[]): Promise<FakeSite> => {
  await access(join(DIST, 'index.html')).catch((cause: unknown) => {
    throw new Error('the page is not built: npm run build -w @tiketi/frontend', { cause });
  });
  const seats = new Map(
    shows.flatMap(({ detail, maps }) => maps.map((map) => [map.performanceId as string, fakeSeats(detail, map)])),
  );
  const answer = (url: URL): unknown => {
    const [, , kind = '', id = '', part] = url.pathname.split('/');
    if (kind === 'deployment') return { simulated: site.simulated };
    if (kind === 'performances') return part === 'seatmap' ? seats.get(id)?.map : seats.get(id)?.status();
    if (kind === 'tickets') {
      const items = shows.find(({ detail }) => detail.id === part)?.ticketTypes;
      return { performanceId: url.searchParams.get('performanceId'), version: '1', items };
    }
    if (kind !== 'events') return undefined;
    if (id !== '') return shows.find(({ detail }) => detail.id === id)?.detail;
    const wanted = (['category', 'status'] as const).map((name) => [name, url.searchParams.get(name)] as const);
    const items = shows
      .map(({ detail }) => detail)
      .filter((show) => wanted.every(([name, value]) => value === null || show[name] === value));
    return { items, nextCursor: null };
  };
  const bookings = fakeBookings(shows);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/toss-simulator/checkout')
      return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(checkoutPage(url));
    if (!url.pathname.startsWith('/api/')) return void sendFile(response, url.pathname);
    if (!site.up) return json(response, 503, { code: 'UPSTREAM_UNAVAILABLE' });
    const read = () => {
      const body = answer(url);
      json(response, body === undefined ? 404 : 200, body ?? { code: 'NOT_FOUND' });
    };
    if (request.method !== 'POST') return read();
    void bookings.handle(request, response, url.pathname).then((handled) => (handled ? undefined : read()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake site listens on no port');
  const site: FakeSite = {
    url: `http://127.0.0.1:${address.port}`,
    shows,
    up: true,
    simulated: ['payment'],
    sell: (performanceId) => seats.get(performanceId)?.sell(),
    block: (performanceId) => seats.get(performanceId)?.block(),
    bookings,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return site;
};
