import { describe, expect, it } from '@jest/globals';
import { en } from './en.js';
import { ko } from './ko.js';
import { chooseLanguage } from './language.js';

type Tree = { [key: string]: string | Tree };

const flatten = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flatten(value, `${path}${key}.`),
  );

const slots = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe('the texts', () => {
  it('stand in both languages with the same slots', () => {
    const korean = new Map(flatten(ko));
    for (const [key, text] of flatten(en).filter(([name]) => !name.endsWith('_one'))) {
      expect([key, slots(korean.get(key) ?? 'missing')]).toEqual([key, slots(text)]);
      korean.delete(key);
    }
    expect([...korean.keys()]).toEqual([]);
  });
});

describe('the language', () => {
  it('is the remembered one', () => {
    expect(chooseLanguage('en', ['ko-KR'])).toBe('en');
  });

  it('else the first of the browser that we speak', () => {
    expect(chooseLanguage(null, ['fr', 'ko-KR', 'en'])).toBe('ko');
    expect(chooseLanguage('xx', ['EN-gb', 'ko'])).toBe('en');
  });

  it('else English', () => {
    expect(chooseLanguage(null, ['fr-FR'])).toBe('en');
    expect(chooseLanguage(null, [])).toBe('en');
  });
});
