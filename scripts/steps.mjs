import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Everything here runs before dependencies are installed: Node built-ins only. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const at = (...names) => path.join(root, ...names);

/** Runs a program in the repository with its output shown; true when it ended well. */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

export const node = (args, env) => run(process.execPath, args, env);

/** Ends with a clear message when this Node is older than `engines` in package.json asks for. */
export function checkNode() {
  const wanted = JSON.parse(readFileSync(at('package.json'), 'utf8')).engines.node.replace(/[^\d.]/g, '');
  const [major, minor = 0] = wanted.split('.').map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  console.error(
    `Tiketi needs Node ${wanted} or newer; this is ${process.versions.node}. Install one from https://nodejs.org and try again.`,
  );
  process.exit(1);
}

/** Installs npm dependencies when they are missing or belong to another lockfile. */
export function ensureInstalled() {
  const stamp = at('node_modules/.tiketi-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
  const has = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (has === wanted) return true;
  if (!installedByHand()) {
    if (process.env.TIKETI_NO_INSTALL === '1') {
      console.error(
        'The npm dependencies are missing or out of date, and TIKETI_NO_INSTALL=1 forbids installing them. Run: npm ci',
      );
      return false;
    }
    console.log('Installing npm dependencies …');
    if (!npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])) {
      console.error('npm ci failed: see its message above.');
      return false;
    }
  }
  writeFileSync(stamp, wanted);
  return true;
}

/** npm's own record is newer than the lockfile, so somebody has just run `npm install`: nothing to repeat. */
function installedByHand() {
  const record = at('node_modules/.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(at('package-lock.json')).mtimeMs;
}

function npm(args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? node([cli, ...args]) : run('npm', args);
}

/** Compiles every room (only what changed) and the client (when its sources changed); true when all went well. */
export const build = () => compile() && buildClient();

const compile = () => node(['node_modules/typescript-native/bin/tsc', '-b', 'tsconfig.build.json']);

function buildClient() {
  if (!existsSync(at('frontend/vite.config.ts'))) return true;
  const stamp = at('frontend/dist/.built');
  const wanted = fingerprint(['frontend', 'shared-kernel/contracts', 'package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  console.log('Building the client …');
  const { status } = spawnSync(process.execPath, [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: at('frontend'),
    stdio: 'inherit',
  });
  if (status !== 0) return false;
  writeFileSync(stamp, wanted);
  return true;
}

function fingerprint(names) {
  const hash = createHash('sha256');
  for (const file of names.flatMap((name) => filesBelow(at(name))))
    hash.update(path.relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

function filesBelow(name) {
  if (statSync(name).isFile()) return [name];
  const entries = readdirSync(name).filter((entry) => !['node_modules', 'dist'].includes(entry) && !entry.startsWith('.'));
  return entries.sort().flatMap((entry) => filesBelow(path.join(name, entry)));
}
