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
  const nobody = async () => new URL(`http://127.0.0.1:${await freePort()}`);
  const listening = (reservation: readonly URL[]) =>
    start(createEdge({ upstreams: { reservation }, clientFolder: '.', log: pino({ level: 'silent' }) }));
  const edgeOf = async (reservation: readonly URL[]) => {
    const edge = await listening(reservation);
    return async (method: string) => {
      const answer = await fetch(new URL('/api/seats/1', edge), { method });
      return answer.ok ? answer.text() : answer.status;
    };
  };

  it('is asked in turn', async () => {
    const ask = await edgeOf([await replica('a'), await replica('b')]);
    const told = [await ask('GET'), await ask('GET'), await ask('GET'), await ask('GET')];
    expect([...told].sort()).toEqual(['a', 'a', 'b', 'b']);
    expect(told[0]).not.toBe(told[1]);
  });

  it('passes over one that takes no connection, and nobody notices', async () => {
    const ask = await edgeOf([await replica('a'), await nobody(), await nobody()]);
    for (const method of ['GET', 'DELETE', 'GET', 'DELETE', 'GET']) expect(await ask(method)).toBe('a');
  });

  it('hands a body that was not sent to the next one whole, announced or not, and once', async () => {
    const taken: string[] = [];
    const counting = await start(
      createServer(async (request, response) => {
        taken.push(Buffer.concat(await request.toArray()).toString());
        response.end('taken');
      }),
    );
    const long = `${'가'.repeat(20_000)}.`;
    const inParts = () => new Blob(['in ', 'parts']).stream();
    for (const bodyOf of [() => '{"a":1}', () => long, inParts]) {
      // each time to an edge that has not noticed anything yet, at either turn
      for (const replicas of [
        [counting, await nobody()],
        [await nobody(), counting],
      ]) {
        const url = new URL('/api/reservations', await listening(replicas));
        const answer = await fetch(url, { method: 'POST', body: bodyOf(), duplex: 'half' });
        expect([answer.status, await answer.text()]).toEqual([200, 'taken']);
      }
    }
    expect(taken).toEqual(['{"a":1}', '{"a":1}', long, long, 'in parts', 'in parts']);
  });

  it('does not send again what a replica may have done', async () => {
    let asked = 0;
    const breaking = await start(
      createServer((request) => {
        asked += 1;
        request.socket.destroy();
      }),
    );
    const ask = await edgeOf([breaking, breaking]);
    expect(await ask('DELETE')).toBe(502);
    expect(asked).toBe(1);
  });

  it('is unavailable where none takes a connection', async () => {
    const ask = await edgeOf([await nobody(), await nobody()]);
    expect([await ask('GET'), await ask('GET'), await ask('GET')]).toEqual([503, 503, 503]);
  });
});
