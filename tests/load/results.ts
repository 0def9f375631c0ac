import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';
import { type MachineSpeed, machineSpeed, WHERE_TARGETS_WERE_SET } from './machine.js';

/** One line of a table of right-aligned columns. */
export const print = (...cells: (string | number)[]): void =>
  console.log(cells.map((cell) => String(cell).padStart(14)).join(''));

/** Where figures are kept; made if missing. */
export const resultsFolder = async (): Promise<string> => {
  const folder = path.join(repositoryRoot(), 'tests/load/results');
  await mkdir(folder, { recursive: true });
  return folder;
};

const tellMachine = (machine: MachineSpeed): void => {
  const share = (what: keyof MachineSpeed): string =>
    `${machine[what]} (${Math.round((machine[what] / WHERE_TARGETS_WERE_SET[what]) * 100)} %)`;
  console.log(
    `One core of this machine a second, just now, and its share of the one the targets were set on: ${share('es256Checks')} ES256 checks, ` +
      `${share('sha256OfEvents')} sha256 and ${share('eventsParsed')} JSON.parse of an event.`,
  );
};

/** Keeps a benchmark's figures, and how fast the machine is at that moment, as `tests/load/results/<name>.json`. */
export const saveResult = async (name: string, result: object): Promise<void> => {
  const machine = machineSpeed();
  tellMachine(machine);
  const about = { measuredAt: new Date().toISOString(), node: process.version, machine };
  await writeFile(path.join(await resultsFolder(), `${name}.json`), `${JSON.stringify({ ...about, ...result }, null, 2)}\n`);
};
