import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';

/** One line of a table of right-aligned columns. */
export const print = (...cells: (string | number)[]): void =>
  console.log(cells.map((cell) => String(cell).padStart(14)).join(''));

/** Where figures are kept; made if missing. */
export const resultsFolder = async (): Promise<string> => {
  const folder = path.join(repositoryRoot(), 'tests/load/results');
  await mkdir(folder, { recursive: true });
  return folder;
};

/** Keeps a benchmark's figures as `tests/load/results/<name>.json`. */
export const saveResult = async (name: string, result: object): Promise<void> => {
  const about = { measuredAt: new Date().toISOString(), node: process.version };
  await writeFile(path.join(await resultsFolder(), `${name}.json`), `${JSON.stringify({ ...about, ...result }, null, 2)}\n`);
};
