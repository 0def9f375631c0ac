import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '../parts/repository.js';

/** Where a local stack keeps everything of its own. */
export type StackHome = {
  root: string;
  /** A part's data folder. */
  data(part: string): string;
  /** A part's log file. */
  log(part: string): string;
  logs: string;
  lock: string;
  run: string;
  secrets: string;
  seeded: string;
};

/** `folder`, else TIKETI_HOME, else `.tiketi` of the repository. */
export function stackHome(folder?: string): StackHome {
  const root = path.resolve(folder ?? process.env.TIKETI_HOME ?? path.join(repositoryRoot(), '.tiketi'));
  const inside = (...names: string[]) => path.join(root, ...names);
  return {
    root,
    data: (part) => inside('data', part),
    log: (part) => inside('logs', `${part}.log`),
    logs: inside('logs'),
    lock: inside('lock.json'),
    run: inside('run.json'),
    secrets: inside('secrets.json'),
    seeded: inside('seeded.json'),
  };
}

/** Forgets all data, keys and logs; programs that were fetched stay. */
export async function clearHome(home: StackHome): Promise<void> {
  for (const entry of [home.data(''), home.logs, home.run, home.secrets, home.seeded])
    await rm(entry, { recursive: true, force: true });
}

const LARGEST_LOG = 64 * 1024 * 1024;

/** Makes the folders, and starts over logs that have grown large. */
export async function prepareHome(home: StackHome, parts: readonly string[]): Promise<void> {
  await mkdir(home.root, { recursive: true });
  await mkdir(home.data(''), { recursive: true, mode: 0o755 });
  await mkdir(home.logs, { recursive: true });
  for (const part of parts) {
    const size = await stat(home.log(part)).then(
      (found) => found.size,
      () => 0,
    );
    if (size > LARGEST_LOG) await truncate(home.log(part));
  }
}
