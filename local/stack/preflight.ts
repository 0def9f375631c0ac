import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { portTrouble } from '../parts/free-port.js';
import { errorText } from '../parts/until.js';
import { type Fault, StackFaults } from './fault.js';
import type { PartPlan, StackContext } from './part.js';

const LEAST_FREE_BYTES = 512 * 1024 * 1024;

export type PreflightOptions = {
  plans: readonly PartPlan[];
  context: StackContext;
  say(line: string): void;
  /** Found already. */
  faults?: readonly Fault[];
  /** Bytes free where the data goes; default asks the system. */
  freeBytes?: (folder: string) => Promise<number>;
};

/** Looks for everything that would keep the stack from starting before any part is started; throws all of it in one `StackFaults`. */
export async function preflight(options: PreflightOptions): Promise<void> {
  const looks = [
    edgePort(options),
    disk(options),
    missingFiles(options),
    ...options.plans.map((plan) => partCheck(plan, options)),
  ];
  const faults = [...(options.faults ?? []), ...(await Promise.all(looks)).flat()];
  if (faults.length > 0) throw new StackFaults(faults);
}

async function edgePort({ context, faults = [] }: PreflightOptions): Promise<Fault[]> {
  // a port or host that is wrong in itself has been told; what stands in for it was not asked for
  if (faults.some(({ what }) => /--(port|host) /.test(what))) return [];
  const { host } = context.settings;
  const port = context.port('edge');
  const trouble = await portTrouble(port, host);
  if (trouble === undefined) return [];
  const remedy = `Choose another: npm run up -- --port ${port < 1024 ? port + 3000 : port + 1}`;
  if (trouble === 'EADDRINUSE') return [{ what: `Port ${port} of ${host} is taken by another program.`, remedy }];
  if (trouble === 'EACCES') return [{ what: `You may not listen on port ${port} of ${host}: the system keeps it back.`, remedy }];
  return [{ what: `Nothing can listen on port ${port} of ${host} (${trouble}).`, remedy: 'Choose another --host or --port.' }];
}

async function disk({ context, freeBytes }: PreflightOptions): Promise<Fault[]> {
  const folder = context.home.root;
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    return [{ what: `${folder} cannot be written.`, remedy: 'Give another folder: TIKETI_HOME=/some/folder npm run up' }];
  const ask = freeBytes ?? (async () => statfs(folder).then(({ bavail, bsize }) => bavail * bsize));
  const free = await ask(folder);
  if (free >= LEAST_FREE_BYTES) return [];
  const megabytes = Math.floor(free / 1024 / 1024);
  return [
    {
      what: `The disk of ${folder} is full: ${megabytes} MB left, 512 MB needed.`,
      remedy: 'Free some space, or give another folder by TIKETI_HOME.',
    },
  ];
}

async function missingFiles({ plans }: PreflightOptions): Promise<Fault[]> {
  const missing = plans.flatMap(({ name, files = [] }) =>
    files.filter((file) => !existsSync(file)).map((file) => `${name} (${file})`),
  );
  return missing.length === 0 ? [] : [{ what: `Not built: ${missing.join(', ')}`, remedy: 'Build first: npm run build' }];
}

async function partCheck(plan: PartPlan, { context, say }: PreflightOptions): Promise<Fault[]> {
  try {
    await plan.check?.(context, say);
    return [];
  } catch (error) {
    return [
      {
        what: errorText(error),
        remedy: plan.nature === 'given' ? 'Check the address, or leave the setting out.' : 'Then run the command again.',
      },
    ];
  }
}
