import type { ShowDetail } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { Poster } from './poster.js';
import { StatusBadge } from './status-badge.js';

export const ShowHeading = ({ show }: { show: ShowDetail }) => {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Poster show={show} className="min-h-64 justify-between gap-10 rounded-2xl p-6 sm:min-h-72 sm:p-10">
      <div className="flex items-center gap-3">
        <span className="font-semibold">{t(`category.${show.category}`)}</span>
        <StatusBadge status={show.status} />
      </div>
      <div>
        <h1 className="text-balance font-extrabold text-3xl leading-tight tracking-tight sm:text-5xl">{show.title[language]}</h1>
        <p className="mt-2 font-medium text-lg text-white/90">{show.artistName[language]}</p>
      </div>
    </Poster>
  );
};
