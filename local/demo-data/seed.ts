import { setTimeout as sleep } from 'node:timers/promises';
import { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { CatalogChanged, ShowDetail, ShowList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { anchorFrom } from './dates.js';
import { type DemoLayout, demoLayouts } from './layouts.js';
import { createPublicApi, type PublicApi, RefusedError } from './public-api.js';
import { type DemoShow, demoShows } from './shows.js';

export type Seeded = { readonly shows: number; readonly performances: number };

/** When the first start was: now, unless an earlier run left its first show. */
const anchorOf = async (api: PublicApi, now: number): Promise<number> => {
  const title = demoShows(now)[0]?.details.title;
  if (title === undefined) return now;
  // naming a position asks the read model itself, past every cache
  const { body } = await api.get(`/api/events?q=${encodeURIComponent(title.en)}&position=0`, ShowList);
  const found = body.items.find((show) => show.title.ko === title.ko && show.title.en === title.en);
  return found === undefined ? now : anchorFrom(found.saleStartDate);
};

const announce = (api: PublicApi, show: DemoShow): Promise<CatalogChanged> =>
  api.post('/api/events', show.details, CatalogChanged, `demo-show-${show.key}`);

/** An interrupted run's first show may not be in the read model yet; then its key is refused for other dates, and it soon will be. */
const agreeOnAnchor = async (api: PublicApi, now: number): Promise<number> => {
  for (let tried = 1; ; tried += 1) {
    const anchor = await anchorOf(api, now);
    const [first] = demoShows(anchor);
    try {
      if (first !== undefined) await announce(api, first);
      return anchor;
    } catch (error) {
      if (!(error instanceof RefusedError) || error.code !== 'IDEMPOTENCY_KEY_REUSED' || tried >= 40) throw error;
      await sleep(250);
    }
  }
};

const defineLayouts = async (api: PublicApi): Promise<Map<string, string>> => {
  const ids = new Map<string, string>();
  for (const { key, name, description, sections } of demoLayouts satisfies readonly DemoLayout[]) {
    const { id } = await api.post('/api/seat-layouts', { name, description, sections }, CatalogChanged, `demo-layout-${key}`);
    ids.set(key, id);
  }
  return ids;
};

const createShow = async (api: PublicApi, show: DemoShow, seatLayoutId: string): Promise<{ id: string; position: string }> => {
  const { id, position } = await announce(api, show);
  let latest = position;
  const prices = Object.entries(show.prices).map(([grade, price]) => ({ grade, price }));
  const forSale = { seatLayoutId, prices, ticketTypes: show.ticketTypes ?? [] };
  for (const [index, startsAt] of show.performances.entries()) {
    const key = `demo-performance-${show.key}-${index + 1}`;
    const scheduled = await api.post(`/api/events/${id}/performances`, { startsAt, ...forSale }, CatalogChanged, key);
    latest = scheduled.position;
  }
  return { id, position: latest };
};

const awaitVisible = async (api: PublicApi, show: { id: string; position: string }, performances: number): Promise<void> => {
  for (let tries = 0; tries < 10; tries += 1) {
    const { body, stale } = await api.get(`/api/events/${show.id}?position=${show.position}`, ShowDetail);
    if (!stale && body.performances.length === performances) return;
  }
  throw new Error('the demo shows were made, but the read model does not show them yet');
};

/**
 * Makes the demo shows through the public API, signed in as an admin. Every request has a fixed Idempotency-Key, so that a run
 * after an interrupted one, or after a finished one, adds only what is missing. Returns once all are to be seen.
 */
export const seedDemoData = async (o: {
  readonly edgeUrl: string;
  readonly email: string;
  readonly password: string;
  readonly now: number;
}): Promise<Seeded> => {
  const signedIn = await createPublicApi(o.edgeUrl).post('/api/auth/login', { email: o.email, password: o.password }, SignedIn);
  const api = createPublicApi(o.edgeUrl, signedIn.accessToken);
  const layouts = await defineLayouts(api);
  const shows = demoShows(await agreeOnAnchor(api, o.now));
  for (const show of shows) {
    const layout = layouts.get(show.layout);
    if (layout === undefined) throw new Error(`demo show ${show.key} names no layout of the demo`);
    await awaitVisible(api, await createShow(api, show, layout), show.performances.length);
  }
  return { shows: shows.length, performances: shows.reduce((sum, show) => sum + show.performances.length, 0) };
};
