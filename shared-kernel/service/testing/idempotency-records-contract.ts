import { expect, it } from '@jest/globals';
import type { IdempotencyRecords } from '../idempotency-records.js';

/** What every implementation of the port must do; `other` is what another replica has of the same records. */
export const idempotencyRecordsContract = (
  open: () => { readonly one: IdempotencyRecords; readonly other: IdempotencyRecords },
) => {
  it('gives a name to the first who claims it, and tells all others what is there', async () => {
    const { one, other } = open();
    expect(await one.claim('first', 'mine')).toBeNull();
    expect(await other.claim('first', 'theirs')).toBe('mine');
    expect(await one.claim('first', 'mine')).toBe('mine');
    expect(await other.claim('second', 'theirs')).toBeNull();
  });

  it('lets one of many at once have it', async () => {
    const { one, other } = open();
    const claims = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? one : other).claim('crowded', String(n)));
    expect((await Promise.all(claims)).filter((found) => found === null)).toHaveLength(1);
  });

  it('has the answer in place of the claim', async () => {
    const { one, other } = open();
    await one.claim('answered', 'mine');
    await one.keep('answered', 'the answer: 좌석');
    expect(await other.claim('answered', 'theirs')).toBe('the answer: 좌석');
  });

  it('renews a claim, and neither another’s, nor an answer, nor what is not there', async () => {
    const { one, other } = open();
    await one.claim('renewed', 'mine');
    await one.renew('renewed', 'mine');
    await other.renew('renewed', 'theirs');
    await one.renew('never there', 'mine');
    expect(await other.claim('renewed', 'theirs')).toBe('mine');
    await one.keep('renewed', 'answer');
    await one.renew('renewed', 'mine');
    expect(await other.claim('renewed', 'theirs')).toBe('answer');
    expect(await other.claim('never there', 'theirs')).toBeNull();
  });

  it('takes back the claim it is asked to, and nothing else', async () => {
    const { one, other } = open();
    await one.claim('freed', 'mine');
    await other.release('freed', 'theirs');
    expect(await other.claim('freed', 'theirs')).toBe('mine');
    await one.release('freed', 'mine');
    expect(await other.claim('freed', 'theirs')).toBeNull();
    await other.keep('freed', 'answer');
    await one.release('freed', 'mine');
    await other.release('freed', 'theirs');
    expect(await one.claim('freed', 'mine')).toBe('answer');
    await one.release('never claimed', 'mine');
  });
};
