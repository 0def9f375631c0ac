import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { lint, typecheck } from './checks.mjs';
import { findChromium } from './chromium.mjs';
import { build, checkNode, ensureInstalled, root } from './steps.mjs';

const deep = process.argv.includes('--deep');
const patterns = process.argv.slice(2).filter((argument) => argument !== '--deep');
const count = { passed: 0, failed: 0, skipped: 0 };

checkNode();
const began = performance.now();
const ready = step('install', ensureInstalled) && step('build', build);
if (ready) {
  step('typecheck', typecheck);
  step('lint', lint);
  await redis();
  const env = { ...browser(), ...(deep ? { TIKETI_DEEP: '1' } : {}) };
  // jest leaves a core free by itself, which on two of them is half of what there is
  await jest('unit', env, ['--maxWorkers=100%']);
  await jest('integration', env, ['--maxWorkers=100%']);
  // Whole stacks would only take the two cores away from each other.
  await jest('end-to-end', env, ['--runInBand']);
}
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
console.log(`\nTook ${minutes} minutes.`);
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`);
process.exit(count.failed === 0 ? 0 : 1);

/** One thing that passes or fails as a whole. */
function step(name, work) {
  console.log(`\n— ${name}`);
  const well = work();
  count[well ? 'passed' : 'failed'] += 1;
  if (!well) console.error(`✗ ${name} failed`);
  return well;
}

async function redis() {
  if (process.env.REDIS_URL) return;
  const { findRedis } = await import(pathToFileURL(path.join(root, 'local/dist/parts/redis-binary.js')).href);
  const found = await findRedis({ unpackInto: path.join(root, '.tiketi/redis-binaries'), say: console.log }).catch(
    (error) => error,
  );
  if (found instanceof Error) step('redis', () => console.error(found.message));
}

/** Without a browser its tests are skipped, which must not go unnoticed; where tests decide over a merge it is a failure. */
function browser() {
  const found = findChromium();
  if (found) return { CHROME_PATH: found };
  const message = 'NO CHROMIUM FOUND: browser tests are skipped. Install one (apt-get install chromium) or set CHROME_PATH.';
  if (process.env.CI === 'true') step('chromium', () => console.error(message));
  else console.error(`\n!!! ${message}\n`);
  return { TIKETI_NO_CHROMIUM: '1' };
}

async function jest(project, env, more = []) {
  console.log(`\n— ${project} tests`);
  const folder = mkdtempSync(path.join(tmpdir(), 'tiketi-jest-'));
  const report = path.join(folder, 'report.json');
  const program = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const options = ['--selectProjects', project, '--passWithNoTests', '--json', `--outputFile=${report}`, ...more];
  const child = spawn(process.execPath, [...program, ...options, ...(patterns.length > 0 ? ['--', ...patterns] : [])], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  const left = await ended(child, report);
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    count.passed += result.numPassedTests;
    // A file that could not even be read counts as one failure.
    count.failed += result.numFailedTests + result.numRuntimeErrorTestSuites + (left ? 1 : 0);
    count.skipped += result.numPendingTests + result.numTodoTests;
    if (left) console.error(`✗ the ${project} tests left something running`);
  } catch {
    console.error(`✗ the ${project} tests did not finish`);
    count.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits for jest; one that has reported, or used up its time, and still runs is ended. True: it had to be ended. */
async function ended(child, report) {
  const gone = once(child, 'exit').then(() => 'gone');
  const deadline = performance.now() + (deep ? 120 : 12) * 60_000;
  let reported = Number.POSITIVE_INFINITY;
  while ((await Promise.race([gone, setTimeout(1_000)])) !== 'gone') {
    const now = performance.now();
    if (existsSync(report)) reported = Math.min(reported, now);
    if (now < deadline && now - reported < 20_000) continue;
    child.kill('SIGKILL');
    await gone;
    return true;
  }
  return false;
}
