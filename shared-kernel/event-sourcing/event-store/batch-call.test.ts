import { EventEmitter } from 'node:events';
import type { EventStoreDBClient } from '@eventstore/db-client';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it, jest } from '@jest/globals';
import { stored } from '../testing/batch-server.js';
import { openBatchCall } from './batch-call.js';
import { batchRequest } from './batch-messages.js';

/** The call in the place of gRPC's: it takes as many messages as there is room, and does nothing by itself. */
class ScriptedCall extends EventEmitter {
  readonly written: string[] = [];
  readonly cancel = jest.fn();
  readonly end = jest.fn();
  room = Number.POSITIVE_INFINITY;

  write(message: Buffer): boolean {
    this.written.push(message.toString());
    this.room -= 1;
    return this.room > 0;
  }

  answer(correlationId: string): void {
    const request = batchRequest(correlationId, { stream: 's', expected: 'no_stream', events: [] }, 1000);
    const answer = stored(streamsPb.BatchAppendReq.deserializeBinary(request));
    this.emit('data', streamsPb.BatchAppendResp.deserializeBinary(answer));
  }
}

const opened = async () => {
  const call = new ScriptedCall();
  const client = {
    getChannel: async () => undefined,
    supports: async () => true,
    callArguments: () => [],
    GRPCStreamCreator: () => async () => call,
  };
  const connection = {
    // the little of the client that is used
    client: client as unknown as EventStoreDBClient,
    heard: jest.fn(),
    leave: jest.fn(),
  };
  const spent = jest.fn();
  const failed = jest.fn();
  const batch = await openBatchCall(connection, { spent, failed });
  if (batch === undefined) throw new Error('not opened');
  const end = jest.fn();
  const send = (id: string) => batch.send(id, Buffer.from(id), end);
  return { call, connection, spent, failed, send, end };
};

describe('a batch call', () => {
  it('holds back what the server has no room for, in order, and sends no more than it takes at a time', async () => {
    const { call, send } = await opened();
    call.room = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) send(id);
    expect(call.written).toEqual(['a', 'b']);
    call.room = 2;
    call.emit('drain');
    expect(call.written).toEqual(['a', 'b', 'c', 'd']);
    send('f');
    expect(call.written).toHaveLength(4);
    call.room = 10;
    call.emit('drain');
    expect(call.written).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('never sends what was held back and forgotten', async () => {
    const { call, send } = await opened();
    call.room = 1;
    send('a');
    const forget = send('b');
    send('c');
    forget();
    call.room = 10;
    call.emit('drain');
    expect(call.written).toEqual(['a', 'c']);
  });

  it('is spent when an append is forgotten without an answer, and closed when nobody waits on it any more', async () => {
    const { call, connection, spent, send, end } = await opened();
    const forget = send('a');
    send('b');
    expect(spent).not.toHaveBeenCalled();
    forget();
    expect(spent).toHaveBeenCalledTimes(1);
    expect(call.cancel).not.toHaveBeenCalled();
    call.answer('b');
    expect(end).toHaveBeenCalledWith(expect.objectContaining({ kind: 'appended' }));
    expect(call.cancel).toHaveBeenCalledTimes(1);
    expect(spent).toHaveBeenCalledTimes(1);
    expect(connection.heard).toHaveBeenCalledTimes(1);
  });

  it('is not spent by an append that was answered before it was forgotten', async () => {
    const { call, spent, send } = await opened();
    const forget = send('a');
    call.answer('a');
    forget();
    expect(spent).not.toHaveBeenCalled();
    expect(call.cancel).not.toHaveBeenCalled();
  });

  it.each([
    [14, 'server not ready', true],
    [2, 'write after end', true],
    [1, 'stopping', false],
    [13, 'broken', false],
    [12, 'no such call', true],
  ])(
    'that ends with code %d (%s) ends all appends on it, and later ones; the connection is left: %s',
    async (code, details, left) => {
      const { call, connection, spent, failed, send, end } = await opened();
      send('a');
      send('b');
      call.emit('error', Object.assign(new Error(details), { code, details, metadata: new Metadata() }));
      send('c');
      expect(end.mock.calls).toEqual(Array(3).fill([{ kind: 'unknown', cause: expect.stringContaining(details) }]));
      expect(spent).toHaveBeenCalledTimes(1);
      expect(failed).toHaveBeenCalledTimes(1);
      expect(connection.leave).toHaveBeenCalledTimes(left ? 1 : 0);
      expect(call.written).toEqual(['a', 'b']);
    },
  );

  it('that the server ends is ended from here too', async () => {
    const { call, spent, failed, send, end } = await opened();
    send('a');
    call.emit('end');
    expect(failed).not.toHaveBeenCalled();
    expect(end).toHaveBeenCalledWith({ kind: 'unknown', cause: 'the event store ended the append stream' });
    expect(call.end).toHaveBeenCalledTimes(1);
    expect(spent).toHaveBeenCalledTimes(1);
  });
});
