import { once } from 'node:events';
import { connect } from 'node:net';

/** Makes a Redis forget everything it has, as a restart without its data would. */
export const forgetRedis = async (url: string): Promise<void> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    socket.write('FLUSHALL\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (!answer.toString().startsWith('+OK')) throw new Error(`Redis would not forget: ${answer.toString()}`);
  } finally {
    socket.destroy();
  }
};
