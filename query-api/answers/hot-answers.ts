import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders, RequestListener } from 'node:http';
import { type Answer, matches } from './answer.js';

type HotAnswer = {
  readonly answer: Answer;
  /** When its making began, by the same clock as `now`. */
  readonly at: number;
  readonly route: string;
  /** What the app set on the answer it was remembered from. */
  readonly headers: OutgoingHttpHeaders;
  /** Has it made anew and remembered; where that fails it says nothing, and who asks when this one is too old will hear. */
  readonly renew: () => void;
};

export type HotAnswers = {
  readonly remember: (url: string, hot: HotAnswer) => void;
  readonly find: (url: string) => HotAnswer | undefined;
};

/** One asked for after `renewAfterMs` is renewed behind whoever asked, so that nobody waits for what is asked for all the time. */
export const createHotAnswers = (o: {
  readonly maxAgeMs: number;
  readonly renewAfterMs: number;
  readonly maxEntries: number;
  readonly now?: () => number;
}): HotAnswers => {
  const { maxAgeMs, renewAfterMs, maxEntries, now = () => performance.now() } = o;
  const known = new Map<string, HotAnswer>();
  const renewed = new WeakSet<HotAnswer>();
  return {
    remember: (url, hot) => {
      known.delete(url);
      const oldest = known.size >= maxEntries ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      const { 'x-correlation-id': _, ...headers } = hot.headers;
      known.set(url, { ...hot, headers });
    },
    find: (url) => {
      const hot = known.get(url);
      if (hot === undefined) return undefined;
      const age = now() - hot.at;
      if (age > maxAgeMs) return undefined;
      if (age > renewAfterMs && !renewed.has(hot)) {
        renewed.add(hot);
        hot.renew();
      }
      return hot;
    },
  };
};

/** What the app accepts as a correlation id from outside. */
const CORRELATION = /^[A-Za-z0-9._:-]{8,128}$/;

type Observed = { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number };

/**
 * Answers a public address that the app answered a moment ago, byte for byte, without the app's middleware; all else goes to the app.
 * A popular show asks for the same few answers thousands of times a second. Only anonymous answers are ever remembered.
 */
export const hotFirst =
  (hot: HotAnswers, app: RequestListener, observe: (seen: Observed) => void): RequestListener =>
  (req, res) => {
    const found = req.method === 'GET' && req.url !== undefined ? hot.find(req.url) : undefined;
    if (found === undefined) {
      app(req, res);
      return;
    }
    const begun = performance.now();
    const { answer, headers, route } = found;
    const given = req.headers['x-correlation-id'];
    const own = {
      ...headers,
      'x-correlation-id': typeof given === 'string' && CORRELATION.test(given) ? given : randomUUID(),
      etag: answer.etag,
      'cache-control': answer.cacheControl,
    };
    const fresh = matches(req.headers['if-none-match'], answer.etag);
    if (fresh) res.writeHead(304, own).end();
    else {
      const content = { 'content-type': 'application/json; charset=utf-8', 'content-length': answer.body.length };
      res.writeHead(200, { ...own, ...content }).end(answer.body);
    }
    observe({ method: 'GET', route, status: fresh ? 304 : 200, seconds: (performance.now() - begun) / 1000 });
  };
