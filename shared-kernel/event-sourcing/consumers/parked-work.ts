import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { ParkedItem, Replay } from '../../contracts/http/operations.js';
import type { Consumer } from './consumer.js';
import type { EffectWorker } from './effect-worker.js';
import { behind } from './parked.js';
import { effectStandings, listParkedEffects, type ParkedEffect, tryEffectsOnce } from './parked-effects.js';
import { listParkedHeads, type ParkedHead } from './parked-heads.js';
import { replayKey } from './replay.js';

/** What a part of Tiketi has set aside, and how it is tried again. */
export type ParkedWork = {
  /** Effects and the event at the head of each key, the longest waiting first, at most `limit` of either. */
  readonly list: (limit: number) => Promise<ParkedItem[]>;
  /** Tries one item again, an event with all that waits behind it; undefined where nothing of that name is set aside. */
  readonly replay: (id: string) => Promise<Replay | undefined>;
  /** Tries everything once, for as long as a caller would wait; what is left can be asked for again. */
  readonly replayAll: () => Promise<Replay>;
};

/** How long a caller waits for the end of what is tried again. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 50;
const EVERYTHING = 100_000;

const ofEffect = (effect: ParkedEffect): ParkedItem => ({
  id: `effect:${effect.id}`,
  kind: 'effect',
  consumer: null,
  type: effect.kind,
  key: effect.key,
  stream: null,
  reason: effect.lastError ?? 'unknown',
  attempts: effect.attempts,
  waiting: 0,
  since: effect.parkedAt.toISOString(),
});

const ofHead = (head: ParkedHead): ParkedItem => ({
  id: `event:${head.consumer}:${head.eventId}`,
  kind: 'event',
  consumer: head.consumer,
  type: head.type,
  key: head.key,
  stream: `${head.stream}@${head.revision}`,
  reason: head.reason,
  attempts: head.replays + 1,
  waiting: head.waiting,
  since: head.parkedAt.toISOString(),
});

const together = (parts: readonly Replay[]): Replay => {
  const worst = (['parked', 'underWay'] as const).find((status) => parts.some((part) => part.status === status));
  return {
    status: worst ?? 'done',
    replayed: parts.reduce((sum, { replayed }) => sum + replayed, 0),
    remaining: parts.reduce((sum, { remaining }) => sum + remaining, 0),
    reason: parts.find(({ reason }) => reason !== null)?.reason ?? null,
  };
};

/** Over the effects and parked events kept in `schema`; `worker` runs this part's effects, where it has any. */
export const createParkedWork = <DB>(o: {
  readonly db: Kysely<DB>;
  readonly schema: string;
  readonly consumers: readonly Consumer[];
  readonly worker?: Pick<EffectWorker, 'kinds' | 'wake'>;
}): ParkedWork => {
  const { db, schema } = o;
  const kinds = o.worker?.kinds ?? [];

  /** Effects nobody would run any more stay where they can be seen. */
  const strangers = async (id?: string): Promise<Replay | undefined> => {
    const parked = await listParkedEffects(db, schema, EVERYTHING);
    const strange = parked.filter((effect) => !kinds.includes(effect.kind) && (id === undefined || effect.id === id));
    const [first] = strange;
    if (first === undefined) return undefined;
    return { status: 'parked', replayed: 0, remaining: strange.length, reason: `nothing here does ${first.kind}` };
  };

  const tryEffects = async (id: string | undefined, until: number): Promise<Replay | undefined> => {
    const tried = await tryEffectsOnce(db, schema, { kinds, ...(id === undefined ? {} : { id }) });
    if (tried.length === 0) return undefined;
    o.worker?.wake();
    for (;;) {
      const standings = await effectStandings(db, schema, tried);
      const closed = standings.filter(({ standing }) => standing === 'closed').length;
      const open = standings.some(({ standing }) => standing === 'open');
      const parked = standings.find(({ standing }) => standing === 'parked');
      if (!open || performance.now() > until) {
        const status = parked !== undefined ? 'parked' : open ? 'underWay' : 'done';
        return { status, replayed: closed, remaining: tried.length - closed, reason: parked?.reason ?? null };
      }
      await pause(LOOK_EVERY_MS);
    }
  };

  /** Keys that were held up by nothing but this one follow it. */
  const followers = async ({ consumer, key }: ParkedHead): Promise<ParkedHead[]> => {
    const heads = await listParkedHeads(db, schema, { reason: behind(key), limit: EVERYTHING });
    return heads.filter((head) => head.consumer === consumer);
  };

  const tryKey = async (head: ParkedHead, until: number): Promise<Replay> => {
    const consumer = o.consumers.find(({ name }) => name === head.consumer);
    if (consumer === undefined) {
      return { status: 'parked', replayed: 0, remaining: head.waiting + 1, reason: `no consumer is called ${head.consumer}` };
    }
    const { replayed, remaining, reason } = await replayKey(db, schema, consumer, head.key, until);
    if (remaining > 0)
      return { status: reason === undefined ? 'underWay' : 'parked', replayed, remaining, reason: reason ?? null };
    const freed: Replay[] = [{ status: 'done', replayed, remaining, reason: null }];
    for (const follower of await followers(head)) freed.push(await tryKey(follower, until));
    return together(freed);
  };

  return {
    list: async (limit) => {
      const effects = (await listParkedEffects(db, schema, limit)).map(ofEffect);
      const heads = (await listParkedHeads(db, schema, { limit })).map(ofHead);
      return [...effects, ...heads].sort((a, b) => a.since.localeCompare(b.since));
    },

    replay: async (id) => {
      const until = performance.now() + PATIENCE_MS;
      const [kind, consumer, ...rest] = id.split(':');
      if (kind === 'effect') {
        const effect = id.slice('effect:'.length);
        return (await tryEffects(effect, until)) ?? strangers(effect);
      }
      if (kind !== 'event') return undefined;
      const heads = await listParkedHeads(db, schema, { eventId: rest.join(':') });
      const head = heads.find((one) => one.consumer === consumer);
      return head === undefined ? undefined : tryKey(head, until);
    },

    replayAll: async () => {
      const until = performance.now() + PATIENCE_MS;
      const tried: Replay[] = [];
      // in log order, so that nothing is tried before what it waits behind
      for (const head of await listParkedHeads(db, schema, { limit: EVERYTHING })) {
        if (performance.now() > until) tried.push({ status: 'underWay', replayed: 0, remaining: head.waiting + 1, reason: null });
        else tried.push(await tryKey(head, until));
      }
      const strange = await strangers();
      const effects = await tryEffects(undefined, until);
      return together([...tried, ...[effects, strange].filter((one) => one !== undefined)]);
    },
  };
};
