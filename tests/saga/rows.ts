import type { Effect } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import type { NewEffect } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';

type Row = NewEffect & {
  readonly sequence: number;
  due: number;
  attempts: number;
  failures: number;
  closed: boolean;
  parked: string | undefined;
};

export type Claimed = Effect & { readonly claim: number; readonly failures: number };

export type Settled =
  | { readonly kind: 'done' }
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'failed'; readonly at: number }
  | { readonly kind: 'parked'; readonly reason: string };

/** Effect rows by the rules of the table: an id is taken once, a key is leased to one attempt at a time, `done` closes whoever says it. */
export const createRows = (clock: () => number, forgotten?: string) => {
  const rows = new Map<string, Row>();
  const leases = new Map<string, { claim: number; until: number }>();
  let claims = 0;

  const open = (): Row[] => [...rows.values()].filter(({ closed, parked }) => !closed && parked === undefined);
  const leasedUntil = (key: string): number => leases.get(key)?.until ?? 0;
  const inOrder = (a: Row, b: Row): number => a.due - b.due || a.sequence - b.sequence;

  return {
    add: (effects: readonly NewEffect[]): void => {
      for (const effect of effects) {
        if (rows.has(effect.id) || effect.kind === forgotten) continue;
        const due = effect.dueAt.getTime();
        // what the table keeps is JSON
        const payload = JSON.parse(JSON.stringify(effect.payload));
        rows.set(effect.id, {
          ...{ ...effect, payload, sequence: rows.size, due },
          ...{ attempts: 0, failures: 0, closed: false, parked: undefined },
        });
      }
    },
    close: (ids: readonly string[]): void => {
      for (const id of ids) {
        const row = rows.get(id);
        if (row !== undefined) row.closed = true;
      }
    },
    /** The first due effect of every key that is free. */
    due: (): string[] => {
      const due = open().filter((row) => row.due <= clock() && leasedUntil(row.key) <= clock());
      const firsts = new Map<string, string>();
      for (const { id, key } of due.sort(inOrder)) if (!firsts.has(key)) firsts.set(key, id);
      return [...firsts.values()];
    },
    nextAt: (): number | undefined => {
      const times = open().map(({ due, key }) => Math.max(due, leasedUntil(key)));
      return times.length === 0 ? undefined : Math.min(...times);
    },
    /** Undefined where it has gone or its key is taken meanwhile. */
    claim: (id: string, leaseMs: number): Claimed | undefined => {
      const row = rows.get(id);
      if (row === undefined || row.closed || row.parked !== undefined || row.due > clock()) return undefined;
      if (leasedUntil(row.key) > clock()) return undefined;
      claims += 1;
      leases.set(row.key, { claim: claims, until: clock() + leaseMs });
      row.attempts += 1;
      const { key, kind, payload, correlationId, causationId, attempts, failures } = row;
      const effect = { id, key, kind, dueAt: new Date(row.due), payload, correlationId, causationId };
      return { ...effect, attempt: attempts, failures, claim: claims };
    },
    settle: ({ id, key, claim }: Claimed, settled: Settled): void => {
      const ours = leases.get(key)?.claim === claim;
      if (ours) leases.delete(key);
      const row = rows.get(id);
      if (row === undefined || row.closed || (settled.kind !== 'done' && !ours)) return;
      if (settled.kind === 'done') row.closed = true;
      else if (settled.kind === 'parked') row.parked = settled.reason;
      else {
        row.due = settled.at;
        if (settled.kind === 'failed') row.failures += 1;
      }
    },
    kindOf: (id: string): string => rows.get(id)?.kind ?? '',
    left: (): string[] =>
      [...rows.values()].flatMap(({ id, closed, parked }) =>
        closed ? [] : [`${id}${parked === undefined ? '' : ` parked: ${parked}`}`],
      ),
  };
};

export type Rows = ReturnType<typeof createRows>;
