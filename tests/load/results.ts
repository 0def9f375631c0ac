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

/** Before anything is started: what comes later competes with it. */
const atStart = machineSpeed();

const tellMachine = (atEnd: MachineSpeed): void => {
  const told = (what: keyof MachineSpeed): string => {
    const shares = [atStart, atEnd].map((machine) => `${Math.round((machine[what] / WHERE_TARGETS_WERE_SET[what]) * 100)} %`);
    return `${atStart[what]} and ${atEnd[what]} (${shares.join(', ')})`;
  };
  console.log(
    `One core of this machine a second, before and at the end, and its share of the one the targets were set on: ${told('es256Checks')} ` +
      `ES256 checks, ${told('sha256OfEvents')} sha256 and ${told('eventsParsed')} JSON.parse of an event.`,
  );
};

/** Keeps a benchmark's figures, and how fast the machine is at that moment, as `tests/load/results/<name>.json`. */
export const saveResult = async (name: string, result: object): Promise<void> => {
  const machine = { atStart, atEnd: machineSpeed() };
  tellMachine(machine.atEnd);
  const about = { measuredAt: new Date().toISOString(), node: process.version, machine };
  await writeFile(path.join(await resultsFolder(), `${name}.json`), `${JSON.stringify({ ...about, ...result }, null, 2)}\n`);
};
