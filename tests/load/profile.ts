import { writeFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'undici';
import { z } from 'zod';
import { resultsFolder } from './results.js';

const Targets = z.array(z.object({ webSocketDebuggerUrl: z.string() }));
const Answer = z.object({ id: z.number(), result: z.unknown() });

/** Where Node listens once a process was sent SIGUSR1; one process at a time. */
const INSPECTOR = 'http://127.0.0.1:9229/json';

const inspectorOf = async (pid: number): Promise<string> => {
  process.kill(pid, 'SIGUSR1');
  const deadline = performance.now() + 5000;
  for (;;) {
    try {
      const [target] = Targets.parse(await (await fetch(INSPECTOR)).json());
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await pause(50);
  }
};

/** Takes a CPU profile of a running Node process; the function it resolves to ends it and says where the time went. */
export const startProfile = async (pid: number): Promise<() => Promise<Profiler.Profile>> => {
  const socket = new WebSocket(await inspectorOf(pid));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')));
  });
  let last = 0;
  const ask = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve) => {
      last += 1;
      const id = last;
      const hear = ({ data }: { data: unknown }) => {
        const answer = Answer.safeParse(JSON.parse(String(data))).data;
        if (answer?.id !== id) return;
        socket.removeEventListener('message', hear);
        resolve(answer.result);
      };
      socket.addEventListener('message', hear);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await ask('Profiler.enable');
  await ask('Profiler.setSamplingInterval', { interval: 500 });
  await ask('Profiler.start');
  return async () => {
    // the inspector's own protocol answers with this shape
    const { profile } = (await ask('Profiler.stop')) as { profile: Profiler.Profile };
    socket.close();
    return profile;
  };
};

/** A function's name and file, short enough for a line: packages by name, own files by path. */
const placeOf = ({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string => {
  const file = url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(/^.*\/dist\//, '');
  return `${functionName || '(anonymous)'} ${file === '' ? '' : `${file}:${lineNumber + 1}`}`.trim();
};

/** Of the time the process was busy, the share of each place by its own time, largest first. */
const hottest = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, count: number): [string, number][] => {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const spent = new Map<string, number>();
  let busy = 0;
  for (const [n, id] of samples.entries()) {
    const place = places.get(id) ?? '';
    if (place === '(idle)' || place === '(root)') continue;
    const delta = timeDeltas[n] ?? 0;
    busy += delta;
    spent.set(place, (spent.get(place) ?? 0) + delta);
  }
  return [...spent]
    .map(([place, time]): [string, number] => [place, time / busy])
    .sort((a, b) => b[1] - a[1])
    .slice(0, count);
};

/** Prints where the time went and keeps the whole profile beside the results, for a profile viewer. */
export const tellProfile = async (name: string, profile: Profiler.Profile): Promise<void> => {
  await writeFile(path.join(await resultsFolder(), `${name}.cpuprofile`), JSON.stringify(profile));
  for (const [place, share] of hottest(profile, 30)) console.log(`${(share * 100).toFixed(1).padStart(6)} % ${place}`);
};
