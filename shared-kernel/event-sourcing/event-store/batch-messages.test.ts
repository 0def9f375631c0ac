import { randomUUID } from 'node:crypto';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import { parseBatchMessage } from '@tiketi/local/event-store-node/grpc/append-request.js';
import fc from 'fast-check';
import { context } from '../testing/seats.js';
import { batchRequest } from './batch-messages.js';
import { type AppendAttempt, StoreRefusedError } from './port.js';

const anAttempt: fc.Arbitrary<AppendAttempt> = fc.record({
  stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
  expected: fc.oneof(fc.constant('no_stream' as const), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
  events: fc.array(
    fc.record({
      id: fc.uuid(),
      type: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      data: fc.dictionary(fc.string(), fc.string({ unit: 'grapheme', maxLength: 400 })),
      metadata: fc.string({ unit: 'grapheme', minLength: 1 }).map((id) => ({
        $correlationId: id,
        $causationId: 'cause',
        commandId: context('command').commandId,
        actor: { id: 'someone', role: 'buyer' },
        schemaVersion: 1,
      })),
    }),
    { maxLength: 5 },
  ),
});

describe('the message of a batch append', () => {
  it('is read by the client’s own stubs as it was meant', () => {
    fc.assert(
      fc.property(anAttempt, fc.uuid(), (attempt, correlationId) => {
        const read = streamsPb.BatchAppendReq.deserializeBinary(batchRequest(correlationId, attempt, 5000));
        expect(read.getCorrelationId()?.getString()).toBe(correlationId);
        expect(read.getIsFinal()).toBe(true);
        const options = read.getOptions();
        const name = options?.getStreamIdentifier()?.getStreamName_asU8() ?? [];
        expect(Buffer.from(name).toString()).toBe(attempt.stream);
        expect(options?.hasNoStream() ? 'no_stream' : BigInt(options?.getStreamPosition() ?? -1)).toBe(attempt.expected);
        const events = read.getProposedMessagesList().map((event) => ({
          id: event.getId()?.getString(),
          type: event.getMetadataMap().get('type'),
          contentType: event.getMetadataMap().get('content-type'),
          data: JSON.parse(Buffer.from(event.getData_asU8()).toString()),
          metadata: JSON.parse(Buffer.from(event.getCustomMetadata_asU8()).toString()),
        }));
        const meant = attempt.events.map((event) => ({ ...event, contentType: 'application/json' }));
        expect(events).toEqual(JSON.parse(JSON.stringify(meant)));
      }),
    );
  });

  it.each([1, 250, 1999, 5000])('gives the server %d ms from when it comes', (timeoutMs) => {
    const attempt: AppendAttempt = { stream: 's', expected: 'no_stream', events: [] };
    const before = Date.now();
    const { target } = parseBatchMessage(batchRequest(randomUUID(), attempt, timeoutMs));
    expect(target?.deadline).toBeGreaterThanOrEqual(before + timeoutMs);
    expect(target?.deadline).toBeLessThanOrEqual(Date.now() + timeoutMs);
  });

  it.each([
    [-5, 1],
    [0, 1],
    [0.3, 1],
    [1999.5, 1999],
    [1999.9999999, 1999],
  ])('asked to give %d ms gives %d: a duration has no other form', (asked, given) => {
    const attempt: AppendAttempt = { stream: 's', expected: 'no_stream', events: [] };
    const id = randomUUID();
    expect(batchRequest(id, attempt, asked).toString('hex')).toBe(batchRequest(id, attempt, given).toString('hex'));
  });

  it('is refused where it is larger than any server takes, for it would end the stream of all', () => {
    const data = { text: 'x'.repeat(16 * 1024 * 1024) };
    const metadata = { ...context('command'), schemaVersion: 1, $correlationId: 'c', $causationId: 'c' };
    const events = [{ id: randomUUID(), type: 'Large', data, metadata }];
    expect(() => batchRequest(randomUUID(), { stream: 's', expected: 0n, events }, 1000)).toThrow(StoreRefusedError);
  });
});
