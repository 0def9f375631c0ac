import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { startChildServer } from './child-server.js';
import { closedLoop, median, openLoop, type Sample } from './pace.js';
import { processorTime, usedBetween } from './processor-time.js';
import { print, saveResult } from './results.js';

/**
 * What one small answer costs the process that gives it: by Node alone, by Express on Node's own server, and by Express on ours
 * (`shared-kernel/service/app-server.ts`), at full load and at a rate that leaves pauses.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const OFFERED = Number(process.env.BENCH_OFFERED ?? 2000);

const program = fileURLToPath(new URL('./small-app.js', import.meta.url));
const microseconds = { 'full load': new Map<string, number[]>(), [`${OFFERED}/s`]: new Map<string, number[]>() };

print('server', 'load', 'run', 'answers/s', 'µs an answer');
for (let run = 1; run <= RUNS; run += 1) {
  for (const how of ['node', 'express', 'app server']) {
    const server = await startChildServer(program, { HOW: how });
    const pool = new Pool(server.url, { connections: 64, pipelining: 1 });
    const ask = async (): Promise<string> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${'x'.repeat(400)}` };
      const { statusCode, body } = await pool.request({ method: 'POST', path: '/', headers, body: '{"seatIds":["A-1-1"]}' });
      await body.dump();
      return String(statusCode);
    };
    await closedLoop(ask, 64, 2);
    const loads: [string, () => Promise<Sample[]>][] = [
      ['full load', () => closedLoop(ask, 64, SECONDS)],
      [`${OFFERED}/s`, () => openLoop(ask, OFFERED, SECONDS)],
    ];
    for (const [load, phase] of loads) {
      const parts = { server: server.pid ?? null };
      const before = await processorTime(parts);
      const begun = performance.now();
      const samples = await phase();
      const used = new Map(usedBetween(before, await processorTime(parts))).get('server') ?? 0;
      if (samples.some(({ outcome }) => outcome !== '201')) throw new Error(`${how} did not answer as it should`);
      const each = (used / samples.length) * 1e6;
      const kept = microseconds[load as keyof typeof microseconds];
      kept?.set(how, [...(kept.get(how) ?? []), each]);
      print(how, load, run, ((samples.length / (performance.now() - begun)) * 1000).toFixed(0), each.toFixed(0));
    }
    await pool.close();
    await server.stop();
  }
}

const result = Object.entries(microseconds).map(([load, byServer]) => ({
  load,
  ...Object.fromEntries([...byServer].map(([how, values]) => [how, Math.round(median(values))])),
}));
console.log(`\nMedians of ${RUNS}, µs of processor an answer: ${JSON.stringify(result)}`);
await saveResult('bench-app-server', { medians: result });
