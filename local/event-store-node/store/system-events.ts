import { randomUUID } from 'node:crypto';
import type { StoreIndex } from '../index/store-index.js';
import type { AppendOutcome } from './append-outcome.js';
import { NO_STREAM } from './check-commit.js';
import type { Writer } from './writer.js';

const append = (writer: Writer, stream: string, type: string, data: readonly string[]): Promise<AppendOutcome> =>
  new Promise((resolve, reject) => {
    const event = (text: string) => ({
      id: randomUUID(),
      type: Buffer.from(type),
      json: true,
      metadata: Buffer.alloc(0),
      data: Buffer.from(text),
    });
    writer.append(stream, NO_STREAM, data.map(event), (outcome) =>
      outcome instanceof Error ? reject(outcome) : resolve(outcome),
    );
  });

/**
 * What a new server has written before its first client comes: an epoch, which `$all` hides, and the list of users, which it shows.
 * Streams that are there are left alone, so that a first start cut short is made up for by the next.
 */
export const writeSystemEvents = async (writer: Writer, index: StoreIndex): Promise<void> => {
  const missing = (stream: string): boolean => (index.find(stream)?.count ?? 0) === 0;
  const epoch = {
    EpochPosition: 0,
    EpochNumber: 0,
    EpochId: randomUUID(),
    PrevEpochPosition: -1,
    LeaderInstanceId: randomUUID(),
  };
  const writes: Promise<AppendOutcome>[] = [];
  if (missing('$epoch-information'))
    writes.push(append(writer, '$epoch-information', '$EpochInformation', [JSON.stringify(epoch)]));
  if (missing('$users')) writes.push(append(writer, '$users', '$User', ['"admin"', '"ops"']));
  await Promise.all(writes);
};
