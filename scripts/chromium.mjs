import { spawnSync } from 'node:child_process';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The command of a Chromium that runs: CHROME_PATH, PATH, macOS Chrome, else installed by apt as root. Undefined: there is none. */
export function findChromium(env = process.env) {
  const found = [env.CHROME_PATH, ...NAMES, MAC].find((command) => command && runs(command));
  if (found) return which(found);
  if (env.TIKETI_NO_INSTALL === '1' || process.getuid?.() !== 0) return undefined;
  console.log('Chromium is not installed: running apt-get install -y chromium');
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore' }).status === 0;
  if (!install() && spawnSync('apt-get', ['update'], { stdio: 'ignore' }).status === 0) install();
  return runs('chromium') ? which('chromium') : undefined;
}

/** Ubuntu's `chromium-browser` is a script that only tells one to install a snap: finding a file is not enough. */
const runs = (command) => /chrom/i.test(spawnSync(command, ['--version'], { encoding: 'utf8', timeout: 20_000 }).stdout ?? '');

const which = (command) =>
  command.includes('/') ? command : spawnSync('/bin/sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim();
