import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language } from '../shared/i18n/language.js';
import { useLanguage } from '../shared/i18n/use-language.js';

const NAMES: Record<Language, string> = { ko: '한국어', en: 'English' };

export const LanguageSwitch = () => {
  const { t, i18n } = useTranslation();
  const current = useLanguage();
  return (
    <fieldset className="flex rounded-full border border-line bg-card p-0.5">
      <legend className="sr-only">{t('app.language')}</legend>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === current}
          onClick={() => void i18n.changeLanguage(language)}
          className="min-h-8 cursor-pointer whitespace-nowrap rounded-full px-2.5 font-medium text-muted text-sm sm:px-3 hover:text-ink aria-pressed:bg-ink aria-pressed:text-paper"
        >
          {NAMES[language]}
        </button>
      ))}
    </fieldset>
  );
};
