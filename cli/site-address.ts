import type { RunInfo } from '@tiketi/local/stack/run-info.js';
import { CommandError } from './command-error.js';

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The site a command is for: the one given by --url, else that of the stack that runs here. `file` is where a stack here would be named. Throws CommandError. */
export const siteAddress = (given: string | undefined, run: Pick<RunInfo, 'edgeUrl'> | undefined, file: string): string => {
  if (given === undefined) {
    if (run !== undefined) return run.edgeUrl;
    throw new CommandError(
      `No stack runs here by ${file}: start one with \`npm run up\`, set TIKETI_HOME as where it was started, or name a site with --url.`,
    );
  }
  if (isHttp(given)) return given;
  throw new CommandError(`--url wants a whole address, such as http://localhost:3000, and not ${given}.`);
};
