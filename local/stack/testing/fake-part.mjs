// A part that behaves as badly as its environment tells it to.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { PORT, NAME, DIARY, BEHAVIOUR } = process.env;
const note = (what) => appendFileSync(DIARY, `${what} ${NAME}\n`);

if (BEHAVIOUR === 'ends at once') {
  console.error('the setting COLOUR is wrong');
  process.exit(3);
}
if (BEHAVIOUR === 'deaf') process.on('SIGTERM', () => note('heard'));
else
  process.on('SIGTERM', () => {
    note('stopped');
    process.exit(0);
  });
const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(7);
  response.end(JSON.stringify({ pid: process.pid }));
});
server.listen(Number(PORT), '127.0.0.1', () => note('started'));
