import { describe, expect, it } from '@jest/globals';
import { createPasswords, isHashable } from './passwords.js';

describe('createPasswords', () => {
  it('knows a password again and no other', async () => {
    const passwords = createPasswords({ cost: 4 });
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$2b\$04\$/);
    expect(await passwords.matches('correct horse', hash)).toBe(true);
    expect(await passwords.matches('correct horsf', hash)).toBe(false);
    expect(await passwords.matches('', await passwords.hash(''))).toBe(true);
    expect(await passwords.matches(`${'x'.repeat(72)}y`, await passwords.hash('x'.repeat(72)))).toBe(false);
    expect(await passwords.matches('x\0y', await passwords.hash(''))).toBe(false);
  });

  it('compares with a decoy where there is no hash, and never matches it', async () => {
    const passwords = createPasswords({ cost: 4 });
    for (const none of [undefined, null]) expect(await passwords.matches('nobody has this password', none)).toBe(false);
  });

  it('runs so many at once, lets so many wait and refuses the rest at once', async () => {
    const passwords = createPasswords({ cost: 4, concurrency: 1, maxWaiting: 2 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('x')));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(results[3]).toMatchObject({ reason: { status: 503, code: 'SIGN_IN_BUSY', headers: { 'retry-after': '2' } } });
    await expect(passwords.hash('x')).resolves.toMatch(/^\$2b/);
  });
});

describe('isHashable', () => {
  it('counts bytes, not characters', () => {
    expect(isHashable('가'.repeat(24))).toBe(true);
    expect(isHashable('가'.repeat(25))).toBe(false);
    expect(isHashable('a\0b')).toBe(false);
  });
});
