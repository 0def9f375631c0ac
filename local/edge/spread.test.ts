import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { freePort } from '../parts/free-port.js';
import { createEdge } from './app.js';

describe('an upstream of several replicas', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const start = async (server: Server): Promise<URL> => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };
  const replica = (name: string) => start(createServer((_request, response) => response.end(name)));
  const edgeOf = async (reservation: readonly URL[]) => {
    const edge = await start(createEdge({ upstreams: { reservation }, clientFolder: '.', log: pino({ level: 'silent' }) }));
    return async (method: string) => {
      const answer = await fetch(new URL('/api/cancellation-quotes/1', edge), { method });
      return answer.ok ? answer.text() : answer.status;
    };
  };

  it('is asked in turn', async () => {
    const ask = await edgeOf([await replica('a'), await replica('b')]);
    const told = [await ask('GET'), await ask('GET'), await ask('GET'), await ask('GET')];
    expect([...told].sort()).toEqual(['a', 'a', 'b', 'b']);
    expect(told[0]).not.toBe(told[1]);
  });

  it('passes over one that takes no connection, once it has been noticed', async () => {
    const nobody = new URL(`http://127.0.0.1:${await freePort()}`);
    const ask = await edgeOf([await replica('a'), nobody]);
    const told = [await ask('GET'), await ask('GET'), await ask('GET'), await ask('GET'), await ask('GET')];
    expect(told.filter((answer) => answer === 'a').length).toBeGreaterThanOrEqual(4);
    expect(told.slice(2)).toEqual(['a', 'a', 'a']);
  });

  it('is unavailable where none takes a connection', async () => {
    const nobody = new URL(`http://127.0.0.1:${await freePort()}`);
    const ask = await edgeOf([nobody, nobody]);
    expect([await ask('GET'), await ask('GET'), await ask('GET')]).toEqual([503, 503, 503]);
  });
});
