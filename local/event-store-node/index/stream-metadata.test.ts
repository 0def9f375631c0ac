import { describe, expect, it } from '@jest/globals';
import { DELETED, parseStreamMetadata } from './stream-metadata.js';

const MAX = '9223372036854775807';

describe('$tb', () => {
  it.each([
    ['plain', `{"$tb":${MAX}}`, DELETED],
    ['behind another of the same name deeper in', `{"owner":{"$tb":1},"tags":[{"$tb":2}],"$tb":${MAX}}`, DELETED],
    ['before one deeper in', `{"$tb":${MAX},"owner":{"$tb":1}}`, DELETED],
    ['after a string that looks like it', `{"note":"{\\"$tb\\":1","other":"$tb","$tb" : ${MAX}}`, DELETED],
    ['with its name escaped', `{"\\u0024tb":${MAX}}`, DELETED],
    ['given twice', `{"$tb":1,"$tb":${MAX}}`, DELETED],
    ['one less than the largest', '{"$tb":9223372036854775806}', 2 ** 63],
    ['with the largest deeper in', `{"$tb":9223372036854775806,"owner":{"$tb":${MAX}}}`, 2 ** 63],
    ['small', '{"owner":{"$tb":9},"$tb":3}', 3],
    ['only deeper in', `{"owner":{"$tb":${MAX}}}`, 0],
    ['written with an exponent', '{"$tb":9.3e18}', 9.3e18],
    ['no integer', '{"$tb":1.5}', 0],
  ])('%s', (_what, text, expected) => {
    expect(parseStreamMetadata(text).truncateBefore).toBe(expected);
  });
});
