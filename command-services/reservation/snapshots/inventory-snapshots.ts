import type { SnapshotStore } from '@tiketi/shared-kernel/event-sourcing/serial-writer/types.js';
import { type Kysely, sql } from 'kysely';
import type { ReservationDatabase } from '../database.js';
import type { Inventory } from '../inventory/inventory.js';
import { decodeInventory, encodeInventory, INVENTORY_FOLD } from './inventory-state.js';

/**
 * Inventories as they stood at some revision, one row a stream and fold version. Any of them may be deleted at any time. A row that
 * cannot be read is a failure to load, which costs a replay.
 */
export const inventorySnapshots = (db: Kysely<ReservationDatabase>): SnapshotStore<Inventory> => ({
  foldVersion: INVENTORY_FOLD,
  load: async (stream) => {
    const row = await db
      .selectFrom('inventory_snapshots')
      .selectAll()
      .where('stream', '=', stream)
      .where('fold_version', '=', INVENTORY_FOLD)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      state: await decodeInventory(row.state),
      revision: BigInt(row.revision),
      position: { commit: BigInt(row.commit_position), prepare: BigInt(row.prepare_position) },
      eventId: row.event_id,
      foldVersion: INVENTORY_FOLD,
    };
  },
  save: async (stream, { state, revision, position, eventId }) => {
    const bytes = await encodeInventory(state);
    await sql`
      insert into inventory_snapshots as known
        (stream, fold_version, revision, commit_position, prepare_position, event_id, state, saved_at)
      values (${stream}, ${INVENTORY_FOLD}, ${String(revision)}::bigint, ${String(position.commit)}::bigint,
        ${String(position.prepare)}::bigint, ${eventId}, ${bytes}, now())
      on conflict (stream, fold_version) do update set revision = excluded.revision, commit_position = excluded.commit_position,
        prepare_position = excluded.prepare_position, event_id = excluded.event_id, state = excluded.state, saved_at = excluded.saved_at
      where known.revision < excluded.revision`.execute(db);
  },
  discard: async (stream) => {
    await db.deleteFrom('inventory_snapshots').where('stream', '=', stream).where('fold_version', '=', INVENTORY_FOLD).execute();
  },
});

/** Rows nobody has written for so long belong to performances that are over, or to folds that are gone. */
export const dropOldSnapshots = async (db: Kysely<ReservationDatabase>): Promise<void> => {
  await sql`delete from inventory_snapshots where saved_at < now() - interval '90 days'`.execute(db);
};
