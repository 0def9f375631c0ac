import type { Response } from 'express';
import type { LotLine } from './lots-line.js';

/** A step's outcome, a refusal or a fault too: it never throws. */
export type StepAnswer = Omit<LotLine, 'n'>;

/**
 * Answers a lot with a line of JSON for each step as soon as it is known, in whatever order, and ends with the last, at once where there
 * is none. Lines that come up in one turn of the event loop are written together.
 */
export const answerLot = (res: Response, answers: readonly Promise<StepAnswer>[]): void => {
  let known = '';
  let open = answers.length;
  let due = false;

  const write = (): void => {
    due = false;
    const text = known;
    known = '';
    // whoever asked may have gone, having waited long enough for the last of them
    if (res.destroyed) return;
    if (open > 0) res.write(text);
    else res.end(text);
  };

  const tell = async (answer: Promise<StepAnswer>, n: number): Promise<void> => {
    const line: LotLine = { n, ...(await answer) };
    known += `${JSON.stringify(line)}\n`;
    open -= 1;
    if (due) return;
    due = true;
    setImmediate(write);
  };

  res.type('application/x-ndjson');
  for (const [n, answer] of answers.entries()) void tell(answer, n);
  if (open === 0) write();
};
