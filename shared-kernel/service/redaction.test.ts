import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redactText } from './redaction.js';

const SECRETS = [
  'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl',
  'Bearer abcdef0123456789',
  'canary@example.com',
  '4242-4242-4242-4242',
  '4242424242424242',
  '010-1234-5678',
  'password=hunter2hunter2',
  'refreshToken: hunter2hunter2',
  '{"paymentKey":"hunter2hunter2"}',
  '{"password":"two words hunter2"}',
  'postgres://tiketi:hunter2hunter2@db/x',
];
const REMAINS = /eyJhbGci|abcdef0123|canary@|4242-?4242|1234-5678|hunter2/;
const between = fc.constantFrom('', '\n', '\t', '\r\n', ' ', '"', '\\', '\u0007', '한글 ', ', ', '(', '{"a":"', '[1,2]');
const text = fc.array(fc.tuple(between, fc.constantFrom(...SECRETS), between)).map((parts) => parts.flat().join(''));
const keys = fc.constantFrom('message', 'token', 'password', 'note', 'deep-cookie');
const value = fc.oneof(
  text,
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text),
  fc.record({ token: text, other: text }),
);

describe('redactText', () => {
  it('keeps every JSON line JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, value), (fields) => {
        expect(() => JSON.parse(redactText(JSON.stringify(fields)))).not.toThrow();
      }),
      { numRuns: process.env.TIKETI_DEEP === '1' ? 20_000 : 1000 },
    );
  });

  it.each(SECRETS)('takes %s out wherever it begins', (secret) => {
    for (const before of ['', '\n', '\t', '\r\n', ' ', '"', '(', ', ', '한글 ']) {
      for (const after of ['', '\n', ' ', ')', ', ']) {
        expect(redactText(JSON.stringify({ message: before + secret + after }))).not.toMatch(REMAINS);
      }
    }
  });

  it.each([
    'at node_modules/pkg@1.2.3/index.js:10:5',
    'took 1764000000000 ms',
    'position 1234567890123456789',
    'id 01890a5d-ac96-774b-bcce-b302099a8057',
    'tokens issued: 5',
  ])('leaves %s alone', (harmless) => expect(redactText(harmless)).toBe(harmless));
});
