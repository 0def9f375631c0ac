import { randomUUID } from 'node:crypto';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Kysely } from 'kysely';
import type { ReservationDatabase } from '../database.js';
import { ownerAmong, type Replica } from './rendezvous.js';
import { beat, deleteReplica, insertReplica } from './replica-rows.js';

export type Membership = {
  /** Takes part: from now on the others send here what this replica owns, so it must be listening. */
  readonly join: (baseUrl: string) => Promise<void>;
  /** The other replica that owns the performance; undefined where it is this one, or nobody else is there. */
  readonly ownerOf: (performanceId: PerformanceId) => Replica | undefined;
  /** How many are there, this one counted. */
  readonly size: () => number;
  /** The others send nothing here any more, as soon as they have looked. */
  readonly leave: () => Promise<void>;
};

type Deps = {
  readonly db: Kysely<ReservationDatabase>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly beatMs?: number;
  /** One not seen for so long is gone. */
  readonly goneAfterMs?: number;
};

const MOST_REMEMBERED = 10_000;

/**
 * Who of the replicas is there, as last read; between two readings nothing is asked. Views may differ for a moment, and an owner may
 * be wrong: nothing depends on it but how often appends collide.
 */
export const createMembership = ({ db, logger, beatMs = 1000, goneAfterMs = 4000 }: Deps): Membership => {
  const id = randomUUID();
  const owners = new Map<PerformanceId, Replica | undefined>();
  let me: Replica | undefined;
  let others: readonly Replica[] = [];
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  let leaving: Promise<void> | undefined;
  let failed = false;

  const see = (seen: readonly Replica[]) => {
    if (seen.length === others.length && seen.every((replica, n) => replica.id === others[n]?.id)) return;
    others = seen;
    owners.clear();
    logger.info({ replica: id, others: seen }, 'replicas of this service');
  };

  const look = async (): Promise<void> => {
    if (me === undefined) return;
    try {
      see(await beat(db, me, goneAfterMs));
      failed = false;
    } catch (error) {
      // the last view is kept: who of it is dead is noticed by not answering
      if (!failed) logger.warn({ err: error }, 'the other replicas cannot be looked for');
      failed = true;
    }
    if (me === undefined) return;
    timer = setTimeout(() => {
      beating = look();
    }, beatMs);
    timer.unref();
  };

  const signOff = async (): Promise<void> => {
    if (me === undefined) return;
    me = undefined;
    clearTimeout(timer);
    await beating;
    clearTimeout(timer);
    await deleteReplica(db, id).catch((error: unknown) => logger.warn({ err: error }, 'this replica could not sign off'));
  };

  const isMine = (owner: Replica | undefined): boolean => owner === undefined || owner.id === id;

  return {
    join: async (baseUrl) => {
      me = { id, baseUrl };
      await insertReplica(db, me);
      beating = look();
      await beating;
    },
    ownerOf: (performanceId) => {
      if (me === undefined || others.length === 0) return undefined;
      if (!owners.has(performanceId)) {
        if (owners.size >= MOST_REMEMBERED) owners.clear();
        const owner = ownerAmong([me, ...others], performanceId);
        owners.set(performanceId, isMine(owner) ? undefined : owner);
      }
      return owners.get(performanceId);
    },
    size: () => others.length + 1,
    leave: () => {
      leaving ??= signOff();
      return leaving;
    },
  };
};
