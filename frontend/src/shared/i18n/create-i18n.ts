import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.js';
import { ko } from './ko.js';
import { chooseLanguage, LANGUAGES } from './language.js';

const KEY = 'tiketi.language';

/** Storage may be switched off in the browser; the choice then lasts as long as the page. */
const recall = (): string | null => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

const remember = (language: string): void => {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // nothing to keep it in
  }
};

/** Texts in both languages; the page's `lang` and the remembered choice follow each change. */
export const createI18n = (): i18n => {
  const instance = createInstance();
  const applied = (language: string): void => {
    document.documentElement.lang = language;
  };
  instance.on('languageChanged', applied);
  void instance.use(initReactI18next).init({
    lng: chooseLanguage(recall(), navigator.languages),
    fallbackLng: 'en',
    supportedLngs: LANGUAGES,
    resources: { ko: { translation: ko }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  instance.on('languageChanged', remember);
  return instance;
};
