import { randomUUID } from 'node:crypto';
import type { AppendOutcome } from './append-outcome.js';
import { ANY } from './check-commit.js';
import type { Writer } from './writer.js';

const append = (writer: Writer, stream: string, type: string, data: string): Promise<AppendOutcome> =>
  new Promise((resolve, reject) => {
    const event = { id: randomUUID(), type: Buffer.from(type), json: true, metadata: Buffer.alloc(0), data: Buffer.from(data) };
    writer.append(stream, ANY, [event], (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
  });

/** What a new server has written before its first client comes: an epoch, which `$all` hides, and the list of users, which it shows. */
export const writeSystemEvents = async (writer: Writer): Promise<void> => {
  const epoch = {
    EpochPosition: 0,
    EpochNumber: 0,
    EpochId: randomUUID(),
    PrevEpochPosition: -1,
    LeaderInstanceId: randomUUID(),
  };
  await append(writer, '$epoch-information', '$EpochInformation', JSON.stringify(epoch));
  await append(writer, '$users', '$User', '"admin"');
  await append(writer, '$users', '$User', '"ops"');
};
