import { useTranslation } from 'react-i18next';
import { useConnection, useShownSince } from '../shared/api/connection.js';
import { formatClock } from '../shared/format/dates.js';
import { useLanguage } from '../shared/i18n/use-language.js';

/** Says, politely and once, that the API is out of reach and how old what is on screen is. */
export const InterruptedNotice = () => {
  const { t } = useTranslation();
  const language = useLanguage();
  const interrupted = useConnection() === 'interrupted';
  const since = useShownSince();
  return (
    <div role="status" className={interrupted ? 'border-alert/30 border-b bg-alert-soft text-alert' : undefined}>
      {interrupted && (
        <p className="mx-auto max-w-6xl px-4 py-2.5 text-sm sm:px-6">
          <strong className="font-semibold">{t('connection.notice')}</strong>{' '}
          {since > 0 ? t('connection.stale', { time: formatClock(since, language) }) : t('connection.empty')}
        </p>
      )}
    </div>
  );
};
