import { describe, expect, it } from '@jest/globals';
import { connectEventStore } from './eventstoredb.js';

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
});
