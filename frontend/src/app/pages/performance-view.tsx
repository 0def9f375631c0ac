import type { PerformanceSummary, ShowDetail } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { BookingPanel } from '../../features/booking/booking-panel.js';
import { SeatOverview } from '../../features/seat-map/seat-overview.js';
import { useGrades } from '../../features/seat-map/use-seats.js';
import { formatMoment } from '../../shared/format/dates.js';
import { useLanguage } from '../../shared/i18n/use-language.js';

/** One performance: what can be booked of it and which seats are left. Mount one per performance. */
export const PerformanceView = ({ show, performance }: { show: ShowDetail; performance: PerformanceSummary }) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const grades = useGrades(performance.id);
  return (
    <div className="grid min-w-0 gap-10">
      <BookingPanel
        showId={show.id}
        performanceId={performance.id}
        grades={grades}
        limit={show.maxSeatsPerReservation}
        open={performance.status === 'on_sale'}
      />
      <section aria-labelledby="seats" className="min-w-0">
        <h2 id="seats" className="font-bold text-xl">
          {t('seatMap.title')}
        </h2>
        <p className="mb-3 text-muted text-sm">{formatMoment(performance.startsAt, language)}</p>
        <SeatOverview performanceId={performance.id} front={show.category === 'sports' ? 'field' : 'stage'} />
      </section>
    </div>
  );
};
