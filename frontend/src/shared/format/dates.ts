import type { Language } from '../i18n/language.js';

const SEOUL = 'Asia/Seoul';
const LOCALES: Record<Language, string> = { ko: 'ko-KR', en: 'en-US' };

const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' };
const MOMENT: Intl.DateTimeFormatOptions = { ...DAY, hour: 'numeric', minute: '2-digit' };

const SHORT_MOMENT: Intl.DateTimeFormatOptions = {
  month: 'short',
  day: 'numeric',
  weekday: 'short',
  hour: 'numeric',
  minute: '2-digit',
};

const cache = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs far more than using it, and cards are drawn again with every poll. */
const formatter = (language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = `${language} ${name}`;
  const known = cache.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], options);
  cache.set(key, known);
  return known;
};

/** Day and time of an instant in Seoul. */
export const formatMoment = (instant: string, language: Language): string =>
  formatter(language, 'moment', { ...MOMENT, timeZone: SEOUL }).format(new Date(instant));

/** The same without the year, for where many stand below each other and the year is clear. */
export const formatShortMoment = (instant: string, language: Language): string =>
  formatter(language, 'short', { ...SHORT_MOMENT, timeZone: SEOUL }).format(new Date(instant));

/** The days in Seoul from the earliest to the latest instant; one day where they are the same; null for none. */
export const formatDays = (instants: readonly string[], language: Language): string | null => {
  if (instants.length === 0) return null;
  const times = instants.map((instant) => Date.parse(instant));
  return formatter(language, 'day', { ...DAY, timeZone: SEOUL }).formatRange(Math.min(...times), Math.max(...times));
};

/** Time of day on the reader's own clock, to the second. */
export const formatClock = (milliseconds: number, language: Language): string =>
  formatter(language, 'clock', { hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(new Date(milliseconds));
