import { connect } from 'node:net';

const DEFAULT_PORT = 2113;

/** The hosts a connection string of an EventStoreDB names; undefined where it is none. */
export function eventStoreHosts(url) {
  const hosts = /^esdb(?:\+discover)?:\/\/(?:[^/?]*@)?([^/?@]+)/.exec(url)?.[1];
  const read = hosts?.split(',').map((text) => /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text));
  if (read === undefined || read.includes(null)) return undefined;
  return read.map(([, host, port]) => ({ host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? DEFAULT_PORT) }));
}

const takesConnection = ({ host, port }, patience) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patience });
    const end = (trouble) => {
      socket.destroy();
      resolve(trouble);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end('no answer'));
    socket.once('error', (error) => end(error.code ?? error.message));
  });

/** Why none of the hosts takes a connection, in a line; undefined where one does. `patience` in milliseconds. */
export async function whyUnreachable(hosts, patience = 5_000) {
  const troubles = await Promise.all(hosts.map((host) => takesConnection(host, patience)));
  if (troubles.includes(undefined)) return undefined;
  return hosts.map(({ host, port }, index) => `${host}:${port} takes no connection (${troubles[index]})`).join(', ');
}
