import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How Postgres is started by this user: which binaries, which data folder, under which account. */
export type PostgresAccount = {
  binaries: string;
  data: string;
  prefix: readonly string[];
  uid?: number;
  gid?: number;
};

/**
 * Postgres refuses to run as root. A plain user needs nothing; root borrows a user namespace, in which it is `nobody`; where the
 * kernel forbids that, Postgres runs as the real `nobody` from a copy outside the folders only root may enter, and
 * `<directory>/data` is a link to it. `withoutNamespace` forces that last way (for tests).
 */
export async function postgresAccount(directory: string, native: string, withoutNamespace = false): Promise<PostgresAccount> {
  const data = path.join(directory, 'data');
  if (process.getuid?.() !== 0) return { binaries: native, data, prefix: [] };
  const nobody = await idsOfNobody();
  const prefix = ['unshare', '--user', `--map-user=${nobody.uid}`];
  if (!withoutNamespace && (await works([...prefix, 'true']))) return { binaries: native, data, prefix };
  return { ...(await accountOutside(directory, native, nobody)), prefix: [], ...nobody };
}

async function accountOutside(directory: string, native: string, owner: { uid: number; gid: number }) {
  const name = createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16);
  const outside = path.join('/var/tmp', `tiketi-postgres-${name}`);
  const link = path.join(directory, 'data');
  const binaries = path.join(outside, 'native');
  const data = path.join(outside, 'data');
  if (!existsSync(link)) await rm(outside, { recursive: true, force: true });
  if (!existsSync(binaries)) {
    await mkdir(data, { recursive: true, mode: 0o755 });
    await cp(native, binaries, { recursive: true, verbatimSymlinks: true });
    await chown(data, owner.uid, owner.gid);
    await symlink(data, link);
  }
  return { binaries, data };
}

async function idsOfNobody(): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await run('id', [flag, 'nobody'])).stdout.trim());
  return { uid: await id('-u'), gid: await id('-g') };
}

async function works([command = '', ...args]: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
