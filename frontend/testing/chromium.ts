import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const PLACES = ['/usr/bin', '/Applications/Google Chrome.app/Contents/MacOS', '/Applications/Chromium.app/Contents/MacOS'];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const runs = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const find = (): string | undefined => {
  const { CHROME_PATH, PATH = '' } = process.env;
  if (CHROME_PATH !== undefined && CHROME_PATH !== '') return CHROME_PATH;
  const folders = [...PATH.split(delimiter), ...PLACES];
  return folders.flatMap((folder) => [...NAMES, 'Google Chrome', 'Chromium'].map((name) => join(folder, name))).find(runs);
};

/**
 * A headless browser from CHROME_PATH, the PATH or its usual places.
 * @throws {Error} when none is found
 */
export const launchChromium = async (): Promise<Browser> => {
  const executablePath = find();
  if (executablePath === undefined)
    throw new Error('no Chromium found: install one, set CHROME_PATH, or set TIKETI_NO_CHROMIUM=1');
  return chromium.launch({ executablePath, headless: true, args: QUIET });
};
