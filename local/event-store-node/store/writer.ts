import { randomUUID } from 'node:crypto';
import { RecentIds } from '../index/recent-ids.js';
import { isMetastream, metastreamOf, ownerOf, type StoreIndex } from '../index/store-index.js';
import type { StreamEntry } from '../index/stream-entry.js';
import { DELETED, parseStreamMetadata, SOFT_DELETE_JSON, undeleteJson } from '../index/stream-metadata.js';
import type { EventLog } from '../log/event-log.js';
import type { Group } from '../log/group.js';
import { type ProposedEvent, recordSizeBound, TOMBSTONE_REVISION, writeRecord } from '../log/record.js';
import type { AppendOutcome, Settle } from './append-outcome.js';
import { checkCommit, type StreamView } from './check-commit.js';
import { StoredIds } from './stored-ids.js';

const EMPTY = Buffer.alloc(0);
const METADATA_TYPE = Buffer.from('$metadata');
const TOMBSTONE_TYPE = Buffer.from('$streamDeleted');

const systemEvent = (type: Buffer, json: string): ProposedEvent => ({
  id: randomUUID(),
  type,
  json: true,
  metadata: EMPTY,
  data: Buffer.from(json),
});

/** Decides and lays down appends one at a time; each settles when the group it joined is synced. */
export class Writer {
  private readonly recent = new RecentIds();
  private readonly ids: StoredIds;
  private lastCreated = 0;
  appends = 0;

  constructor(
    private readonly log: EventLog,
    private readonly index: StoreIndex,
  ) {
    this.ids = new StoredIds(log);
  }

  /** Calls `begin` once, at once where the disk keeps up, else when it has caught up; returns the way to wait no longer. */
  whenRoom(begin: () => void): () => void {
    const behind = (): boolean => this.log.congested && this.log.failure === undefined;
    if (!behind()) {
      begin();
      return () => undefined;
    }
    const stop = this.log.onGrowth(() => {
      if (behind()) return;
      stop();
      begin();
    });
    return stop;
  }

  /** Appends all events or none at the expected revision (a revision, or one of the constants of check-commit). */
  append(stream: string, expected: number, events: readonly ProposedEvent[], settle: Settle): void {
    const ids = events.map((event) => event.id);
    this.decide(stream, expected, ids, settle, (entry) => {
      if (events.length === 0) {
        this.settleWhenSynced(entry, { kind: 'appended', revision: entry.count - 1, position: -1 }, settle);
        return;
      }
      this.write(entry, events, settle);
    });
  }

  /** Marks the stream deleted; its revisions go on if it is appended to again. A stream that never was is a wrong version. */
  softDelete(stream: string, expected: number, settle: Settle): void {
    this.decide(stream, expected, [randomUUID()], settle, (entry) => {
      if (entry.count === 0 && !this.hasMetadata(stream)) {
        settle({ kind: 'wrong-version', current: -1 });
        return;
      }
      this.write(this.index.entry(metastreamOf(stream)), [systemEvent(METADATA_TYPE, SOFT_DELETE_JSON)], settle, 'as-is');
    });
  }

  /** Ends the stream for good, also one that never was. */
  tombstone(stream: string, expected: number, settle: Settle): void {
    this.decide(stream, expected, [randomUUID()], settle, (entry) => {
      const event = systemEvent(TOMBSTONE_TYPE, '{}');
      const name = Buffer.from(stream);
      const group = this.log.group(recordSizeBound(name, event));
      const position = this.lay(group, name, TOMBSTONE_REVISION, event);
      entry.tombstoned = true;
      const outcome: AppendOutcome = { kind: 'appended', revision: entry.count - 1, position };
      const synced = (): void => {
        entry.tombstoneVisible = true;
        entry.changed();
      };
      const undo = (): void => {
        this.index.events -= 1;
      };
      this.commit(group, [entry], outcome, settle, { synced, undo });
    });
  }

  private decide(
    stream: string,
    expected: number,
    ids: readonly string[],
    settle: Settle,
    write: (entry: StreamEntry) => void,
    read?: ReadonlyMap<number, string>,
  ): void {
    if (this.log.failure !== undefined) {
      settle(this.log.failure);
      return;
    }
    const entry = this.index.find(stream);
    const decision = checkCommit(this.view(stream, entry, read), expected, ids);
    switch (decision.kind) {
      case 'write':
        this.begin(entry ?? this.index.entry(stream), settle, write);
        return;
      case 'ids-needed':
        if (entry !== undefined)
          this.readIds(entry, decision, settle, (found) => this.decide(stream, expected, ids, settle, write, found));
        return;
      case 'idempotent':
        this.settleWhenSynced(entry, { ...decision, kind: 'appended' }, settle);
        return;
      case 'wrong-version':
        this.settleWhenSynced(entry, { kind: 'wrong-version', current: (entry?.count ?? 0) - 1 }, settle);
        return;
      case 'deleted':
        this.settleWhenSynced(entry, { kind: 'deleted' }, settle);
        return;
    }
  }

  private begin(entry: StreamEntry, settle: Settle, write: (entry: StreamEntry) => void): void {
    try {
      write(entry);
    } catch (error) {
      settle(error instanceof Error ? error : new Error(String(error)));
    }
    this.index.release(entry);
  }

  /** Reads stored ids, then goes on; with none of them where appends were given up meanwhile, since they may have been of those. */
  private readIds(
    entry: StreamEntry,
    range: { from: number; to: number },
    settle: Settle,
    then: (found: ReadonlyMap<number, string> | undefined) => void,
  ): void {
    const { refusals } = this.log;
    this.ids.read(entry, range.from, range.to).then(
      (found) => then(refusals === this.log.refusals ? found : undefined),
      (error: Error) => settle(error),
    );
  }

  private view(stream: string, entry: StreamEntry | undefined, read?: ReadonlyMap<number, string>): StreamView {
    return {
      tombstoned: this.index.isTombstoned(stream, 'accepted'),
      softDeleted: entry?.metadata.truncateBefore === DELETED,
      last: (entry?.count ?? 0) - 1,
      hasMetadata: this.hasMetadata(stream),
      recent: (id) => {
        const position = this.recent.find(id);
        const revision = position === undefined ? undefined : entry?.revisionAt(position);
        return position === undefined || revision === undefined ? undefined : { revision, position };
      },
      idAt: (revision) => read?.get(revision) ?? (entry && this.ids.inMemory(entry.position(revision))),
      positionAt: (revision) => entry?.position(revision) ?? -1,
    };
  }

  private hasMetadata(stream: string): boolean {
    return (this.index.find(metastreamOf(stream))?.count ?? 0) > 0;
  }

  /** Lays the events down. Unless told otherwise, a soft-deleted stream that is written to, or about, comes back. */
  private write(
    entry: StreamEntry,
    events: readonly ProposedEvent[],
    settle: Settle,
    deleted: 'comes-back' | 'as-is' = 'comes-back',
  ): void {
    const owner = isMetastream(entry.name) ? this.index.entry(ownerOf(entry.name)) : undefined;
    const touched = [entry];
    const before =
      owner === undefined && entry.metadata.truncateBefore === DELETED ? this.undelete(entry, entry.metadata.text) : undefined;
    const lastText = owner === undefined ? '' : (events.at(-1)?.data.toString() ?? '');
    const after =
      owner?.metadata.truncateBefore === DELETED && deleted === 'comes-back' ? this.undelete(owner, lastText) : undefined;
    const name = Buffer.from(entry.name);
    const changes = [before, after].filter((change) => change !== undefined);
    let bytes = 0;
    for (const event of events) bytes += recordSizeBound(name, event);
    for (const change of changes) bytes += recordSizeBound(change.name, change.event);
    const group = this.log.group(bytes);

    if (before !== undefined) touched.push(this.layMetadata(group, before, entry));
    let position = -1;
    for (const event of events) {
      const revision = entry.count;
      position = this.lay(group, name, revision, event);
      entry.add(position);
      this.recent.add(event.id, position);
    }
    const revision = entry.count - 1;
    if (owner !== undefined) {
      touched.push(owner);
      owner.metadata = parseStreamMetadata(lastText);
      if (after !== undefined) this.layMetadata(group, after, owner);
    }
    const visible = touched.map((each) => ({ entry: each, count: each.count, metadata: each.metadata }));
    const synced = (): void => {
      for (const each of visible) {
        each.entry.visible = each.count;
        each.entry.visibleMetadata = each.metadata;
        each.entry.changed();
      }
    };
    const undo = (): void => {
      this.index.events -= events.length + changes.length;
      for (const { id } of events) this.recent.forget(id);
    };
    this.commit(group, touched, { kind: 'appended', revision, position }, settle, { synced, undo });
  }

  /** The metadata event that brings a soft-deleted stream back, its revisions continuing. */
  private undelete(entry: StreamEntry, text: string): { name: Buffer; event: ProposedEvent } {
    return { name: Buffer.from(metastreamOf(entry.name)), event: systemEvent(METADATA_TYPE, undeleteJson(text, entry.count)) };
  }

  private layMetadata(group: Group, change: { name: Buffer; event: ProposedEvent }, owner: StreamEntry): StreamEntry {
    const entry = this.index.entry(metastreamOf(owner.name));
    entry.add(this.lay(group, change.name, entry.count, change.event));
    owner.metadata = parseStreamMetadata(change.event.data.toString());
    return entry;
  }

  private lay(group: Group, stream: Buffer, revision: number, event: ProposedEvent): number {
    const position = group.end;
    this.lastCreated = Math.max(this.lastCreated, Date.now());
    const room = group.room(recordSizeBound(stream, event));
    writeRecord(room, group.length, position, stream, revision, this.lastCreated, event);
    group.add();
    this.index.events += 1;
    return position;
  }

  private commit(
    group: Group,
    touched: readonly StreamEntry[],
    outcome: AppendOutcome,
    settle: Settle,
    then: { synced: () => void; undo: () => void },
  ): void {
    this.appends += 1;
    for (const entry of touched) entry.unsynced += 1;
    group.commits.push({
      synced: () => {
        for (const entry of touched) entry.unsynced -= 1;
        then.synced();
        settle(outcome);
      },
      undo: () => {
        for (const entry of touched) {
          entry.rollBack();
          this.index.release(entry);
        }
        then.undo();
      },
      failed: settle,
    });
    this.log.schedule();
  }

  /** An answer that tells of accepted events waits until readers can see them. */
  private settleWhenSynced(entry: StreamEntry | undefined, outcome: AppendOutcome, settle: Settle): void {
    const group = entry !== undefined && entry.unsynced > 0 ? this.log.lastUnsynced() : undefined;
    if (group === undefined) settle(outcome);
    else group.commits.push({ synced: () => settle(outcome), undo: () => undefined, failed: settle });
  }
}
