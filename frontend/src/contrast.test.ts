import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const css = readFileSync(join(import.meta.dirname, 'main.css'), 'utf8');
const [light = '', dark = ''] = css
  .split('@media (prefers-color-scheme: dark)')
  .map((part) => part.slice(part.indexOf(':root {')));

const colourOf = (palette: string, name: string): string => {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(palette)?.[1];
  if (found === undefined) throw new Error(`no colour ${name}`);
  return found;
};

/** Relative luminance and contrast as WCAG 2.2 defines them. */
const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const contrast = (one: string, other: string): number => {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
};

const TEXTS = [
  ['ink', 'paper'],
  ['ink', 'card'],
  ['ink', 'track'],
  ['paper', 'ink'],
  ['muted', 'paper'],
  ['muted', 'card'],
  ['muted', 'track'],
  ['brand', 'paper'],
  ['on-brand', 'brand'],
  ['good', 'paper'],
  ['good', 'card'],
  ['good', 'good-soft'],
  ['soon', 'card'],
  ['soon', 'soon-soft'],
  ['alert', 'card'],
  ['alert', 'alert-soft'],
] as const;
const SHAPES = ['grade-1', 'grade-2', 'grade-3', 'grade-4', 'grade-5', 'grade-6', 'good', 'alert', 'edge'];

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s colours', (_, palette) => {
  it.each(TEXTS)('%s on %s can be read (WCAG 1.4.3)', (text, ground) => {
    expect(contrast(colourOf(palette, text), colourOf(palette, ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('%s can be seen on a card (WCAG 1.4.11)', (shape) => {
    expect(contrast(colourOf(palette, shape), colourOf(palette, 'card'))).toBeGreaterThanOrEqual(3);
  });
});
