import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { eventStoreHosts, whyUnreachable } from './event-store-address.mjs';

describe('the address of an event store', () => {
  it.each<[string, ReturnType<typeof eventStoreHosts>]>([
    ['esdb://localhost:2114?tls=false', [{ host: 'localhost', port: 2114 }]],
    ['esdb://admin:change%40it@db.example.org', [{ host: 'db.example.org', port: 2113 }]],
    ['esdb+discover://u:p@c.example/?x=a@b', [{ host: 'c.example', port: 2113 }]],
    [
      'esdb://a:1,b:2',
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
    ],
    ['esdb://[::1]:2113', [{ host: '::1', port: 2113 }]],
    ['http://localhost:2113', undefined],
    ['esdb://', undefined],
  ])('%s', (url, hosts) => expect(eventStoreHosts(url)).toEqual(hosts));

  it('is told as it is where nobody listens, and one that listens is enough', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const there = { host: '127.0.0.1', port: address.port };
    const gone = { host: '127.0.0.1', port: 1 };
    expect(await whyUnreachable([gone, there])).toBeUndefined();
    expect(await whyUnreachable([gone])).toBe('127.0.0.1:1 takes no connection (ECONNREFUSED)');
    await new Promise((resolve) => server.close(resolve));
  });
});
