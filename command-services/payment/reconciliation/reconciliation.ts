import { randomUUID } from 'node:crypto';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { type Kysely, sql } from 'kysely';
import type { Asking } from '../orders.js';
import type { ProviderBooks, ProviderTransaction } from '../provider.js';
import type { RecordTables } from '../records/tables.js';
import { byOrder, isMatched, type OwnRow, type ProviderOrders, rowsOf, rowsOfPeriod } from './books.js';
import type { Doubt, Judge } from './judge.js';
import type { Repair } from './repair.js';
import type { Reports } from './reports.js';
import type { ReconciliationTables } from './tables.js';

type Ports = {
  readonly db: Kysely<RecordTables & ReconciliationTables>;
  readonly provider: Pick<ProviderBooks, 'transactions'>;
  readonly judge: Judge;
  readonly repair: Repair;
  readonly reports: Reports;
  readonly clock: () => number;
  readonly logger: Logger;
  /** How far back the provider's books are read. */
  readonly periodMs: number;
  /** What changed less long ago may still be under way: the next run looks at it. */
  readonly graceMs: number;
};

/** One run at a time over all replicas; any number will do that nobody else uses. */
const LOCK = 7_251_904_447;

const AT_ONCE = 4;

const MOST_BACK_MS = 31 * 24 * 3_600_000;

export type Started = { readonly id: string; readonly ended: Promise<void> };

/**
 * Three books held against each other: the provider's, our payment streams, the points. What differs is repaired where the payment's own
 * steps can, else it stays open in the report and rings. Running it again changes nothing that is right.
 */
export const createReconciliation = (ports: Ports) => {
  const { db, reports, logger } = ports;
  let running: Promise<void> | undefined;

  const handle = async (run: string, orderId: OrderId, doubt: Doubt, settledBy: number): Promise<void> => {
    const asking: Asking = { causationId: `reconciliation:${run}`, actor: { id: 'reconciliation', role: 'service' } };
    const before = await ports.judge(orderId, doubt, settledBy);
    const notes: string[] = [];
    for (const difference of before.found) notes.push(await ports.repair(before.order, difference, asking));
    const after = before.found.length === 0 ? before : await ports.judge(orderId, doubt, settledBy);
    const still = after.found.map(({ kind }) => kind);
    for (const [n, difference] of before.found.entries()) {
      const open = still.includes(difference.kind);
      const note = notes[n] ?? '';
      await reports.note(run, orderId, difference, { status: open ? 'open' : 'repaired', note });
      const { kind, figures } = difference;
      const seen = { orderId, kind, figures, note };
      if (open || kind === 'double-refund') logger.error({ ...seen, alarm: 'reconciliation' }, 'the books disagree');
      else logger.warn(seen, 'the books disagreed and were repaired');
    }
    await reports.settle(run, orderId, still);
  };

  /** Orders something has to be asked about. What is matched line by line costs no call. */
  const doubtful = async (theirs: ProviderOrders, from: Date, until: Date): Promise<Map<OrderId, Doubt>> => {
    const rows = await rowsOf(db, [...theirs.keys()]);
    const doubts = new Map<OrderId, Doubt>();
    const doubt = (orderId: string, how?: Doubt): void => {
      const id = OrderId.safeParse(orderId);
      if (!id.success) {
        logger.error(
          { alarm: 'reconciliation', orderId: orderId.slice(0, 100) },
          'the provider names an order that cannot be one',
        );
      } else if (how === undefined) doubts.set(id.data, { keys: new Set(theirs.get(orderId)?.keys()) });
      else if (!doubts.has(id.data)) doubts.set(id.data, how);
    };
    for (const [orderId, lines] of theirs) {
      const row = rows.get(orderId);
      if (newestOf(lines) > until.getTime() || (row !== undefined && isMatched(row, lines))) continue;
      doubt(orderId);
    }
    for (const row of await rowsOfPeriod(db, from, until)) {
      const unseen = !theirs.has(row.order_id) && Number(row.card_amount) > 0 && row.status === 'approved';
      if (unseen || Number(row.open_refunds) > 0) doubt(row.order_id);
      else if (movesPoints(row)) doubt(row.order_id, 'points only');
    }
    for (const orderId of await reports.openOrders()) doubt(orderId);
    return doubts;
  };

  /** Further back than usual where this has stood still for longer: what nobody has looked at yet must not fall out of sight. */
  const since = async (now: number): Promise<Date> => {
    const until = (await reports.doneUntil()) ?? now;
    return new Date(Math.max(now - MOST_BACK_MS, Math.min(now - ports.periodMs, until - ports.graceMs)));
  };

  const work = async (run: string, from: Date, now: number): Promise<{ transactions: number; orders: number }> => {
    const to = new Date(now);
    const until = new Date(now - ports.graceMs);
    const period = { from: instantOf(from.getTime()), to: instantOf(to.getTime()) };
    const theirs = await byOrder(ports.provider.transactions(period));
    const doubts = [...(await doubtful(theirs, from, until))];
    let failed = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = doubts.shift(); next !== undefined; next = doubts.shift()) {
          const [orderId, doubt] = next;
          try {
            await handle(run, orderId, doubt, until.getTime());
          } catch (error) {
            failed += 1;
            logger.warn({ err: error, orderId }, 'an order could not be reconciled now');
          }
        }
      }),
    );
    if (failed > 0) throw new Error(`${failed} orders could not be looked at`);
    const transactions = [...theirs.values()].reduce((sum, lines) => sum + [...lines.values()].flat().length, 0);
    return { transactions, orders: theirs.size };
  };

  const guarded = async (id: string, startedBy: string, began: () => void): Promise<'ran' | 'busy'> =>
    db.connection().execute(async (connection) => {
      const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_lock(${LOCK}) as got`.execute(connection);
      if (rows[0]?.got !== true) return 'busy';
      try {
        const now = ports.clock();
        const from = await since(now);
        await reports.begin({ id, from, to: new Date(now), startedBy });
        began();
        const end = await work(id, from, now).catch((error: unknown) => {
          logger.error({ err: error, reconciliation: id, alarm: 'reconciliation-failed' }, 'a reconciliation did not end well');
          return { error: error instanceof Error ? error.message : String(error) };
        });
        await reports.end(id, end);
        return 'ran';
      } finally {
        await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
      }
    });

  return {
    /** Begins a run and answers once it has begun; `busy` where one is under way, here or in another replica. */
    start: (startedBy: string): Promise<Started | 'busy'> =>
      new Promise((resolve, reject) => {
        const id = randomUUID();
        const ended = new Promise<void>((over) => {
          const run = guarded(id, startedBy, () => resolve({ id, ended }));
          running = run.then(
            (outcome) => {
              if (outcome === 'busy') resolve('busy');
              over();
            },
            (error: unknown) => {
              reject(error);
              logger.error({ err: error, reconciliation: id }, 'a reconciliation ended early');
              over();
            },
          );
        });
      }),
    /** Waits for the run under way in this process. */
    idle: async (): Promise<void> => {
      await running;
    },
  };
};

/** Milliseconds of the last step the provider's lines of an order tell of. */
const newestOf = (lines: ReadonlyMap<string, readonly ProviderTransaction[]>): number =>
  Math.max(...[...lines.values()].flat().map(({ at }) => (at === null ? 0 : Date.parse(at))));

const movesPoints = ({ kind, point_amount }: OwnRow): boolean => kind === 'points' || Number(point_amount) > 0;

export type Reconciliation = ReturnType<typeof createReconciliation>;
