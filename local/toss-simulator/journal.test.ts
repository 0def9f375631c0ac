import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openJournal } from './journal.js';
import { openLedger } from './ledger.js';

describe('the journal', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'toss-journal-'));
    file = join(directory, 'deep', 'ledger.jsonl');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function linesOf(): Promise<string[]> {
    const lines: string[] = [];
    const journal = await openJournal(file, (line) => lines.push(line));
    await journal.close();
    return lines;
  }

  it('has on disk what it acknowledged, in order, at the moment it does', async () => {
    const journal = await openJournal(file, () => undefined);
    const written: string[] = [];
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        await journal.append(`line ${index} 좌석`);
        written.push(await readFile(file, 'utf8'));
        expect(written.at(-1)).toContain(`line ${index} 좌석\n`);
      }),
    );
    await journal.close();
    expect(await linesOf()).toEqual(Array.from({ length: 200 }, (_, index) => `line ${index} 좌석`));
  });

  it('drops a line a crash cut short and goes on cleanly', async () => {
    const journal = await openJournal(file, () => undefined);
    await journal.append('whole');
    await journal.close();
    await appendFile(file, '{"half":');
    const again = await openJournal(file, () => undefined);
    await again.append('next');
    await again.close();
    expect(await linesOf()).toEqual(['whole', 'next']);
  });

  it('refuses damaged books, naming the line', async () => {
    await writeFile(join(directory, 'ledger.jsonl'), '{}\nnonsense\n');
    await expect(openLedger(directory, Date.now)).rejects.toThrow('ledger.jsonl:2 is damaged');
  });

  it('goes on refusing after a failed write', async () => {
    const journal = await openJournal(file, () => undefined);
    await journal.close();
    await expect(journal.append('lost')).rejects.toThrow();
    await expect(journal.append('lost too')).rejects.toThrow();
    await expect(journal.flushed()).rejects.toThrow();
  });
});
