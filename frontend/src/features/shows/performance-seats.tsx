import type { PerformanceSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { formatShortMoment } from '../../shared/format/dates.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { SeatsLeft } from './seats-left.js';

export const PerformanceSeats = ({ performance }: { performance: PerformanceSummary }) => {
  const { t } = useTranslation();
  const date = formatShortMoment(performance.startsAt, useLanguage());
  return (
    <SeatsLeft
      label={date}
      meterLabel={t('seats.meter', { date })}
      available={performance.availableSeats}
      total={performance.totalSeats}
      open={performance.status === 'on_sale' || performance.status === 'sold_out'}
    />
  );
};
