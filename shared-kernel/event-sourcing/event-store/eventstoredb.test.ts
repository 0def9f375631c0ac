import { describe, expect, it } from '@jest/globals';
import { context } from '../testing/seats.js';
import { prepareEvents } from '../to-append.js';
import { connectEventStore } from './eventstoredb.js';
import { StoreRefusedError } from './port.js';

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

describe('connecting to the event store', () => {
  it.each([
    ['a secure server without a user', 'esdb://localhost:2113', 'user and password'],
    ['what is no connection string', 'http://localhost:2113?tls=false', 'esdb://'],
  ])('refuses %s', (_, url, reason) => {
    expect(() => connectEventStore({ url, connectionName: 'test' })).toThrow(reason);
  });

  it('takes the user from the connection string', async () => {
    const store = connectEventStore({ url: 'esdb://admin:change%40it@localhost:2113', connectionName: 'test' });
    await store.close();
    await expect(store.append({ stream: 's', expected: 'no_stream', events: [] })).rejects.toThrow('closed');
  });

  it('opens nothing for an append it refuses by itself', async () => {
    const store = connectEventStore({ url: 'esdb://127.0.0.1:1?tls=false', connectionName: 'test', appendTimeoutMs: 60_000 });
    const [event] = prepareEvents([{ type: 'ThingHappened', data: {} }], { versionOf: () => 1 }, context('command'));
    if (event === undefined) throw new Error('no event');
    const before = timers();
    await expect(store.append({ stream: 's', expected: 'no_stream', events: [{ ...event, data: 'no object' }] })).rejects.toThrow(
      StoreRefusedError,
    );
    expect(timers()).toBe(before);
    await store.close();
  });
});
