import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ConnectionPill } from './connection-pill.js';
import { LanguageSwitch } from './language-switch.js';

const Mark = () => (
  <svg viewBox="0 0 32 20" className="h-5 w-8 text-brand" aria-hidden="true">
    <path fill="currentColor" d="M1 1h30v6a3 3 0 0 0 0 6v6H1v-6a3 3 0 0 0 0-6z" />
    <path stroke="var(--paper)" strokeWidth="2" strokeDasharray="2 2.4" d="M21 2v17" />
  </svg>
);

export const Header = () => {
  const { t } = useTranslation();
  return (
    <header className="sticky top-0 z-10 border-line border-b bg-paper/90 backdrop-blur">
      <div className="mx-auto flex max-w-6xl items-center gap-2 px-4 sm:gap-4 py-3 sm:px-6">
        <Link
          to="/"
          aria-label={t('app.home')}
          className="mr-auto flex items-center gap-2 whitespace-nowrap font-extrabold text-xl tracking-tight"
        >
          <Mark />
          {t('app.name')}
        </Link>
        <ConnectionPill />
        <LanguageSwitch />
      </div>
    </header>
  );
};
