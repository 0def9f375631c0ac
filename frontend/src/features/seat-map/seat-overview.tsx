import type { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../shared/ui/loading.js';
import { Message } from '../../shared/ui/message.js';
import { gradeColours } from './grade-colours.js';
import { GradeTable } from './grade-table.js';
import { type Front, SeatCanvas } from './seat-canvas.js';
import type { SeatsNow } from './seats-now.js';
import { SectionTable } from './section-table.js';
import { StateCounts } from './state-counts.js';
import { tallyGrades, tallySections } from './tallies.js';
import { useSeatMap, useSeatStatus } from './use-seats.js';

const Seats = ({ map, front, seats }: { map: SeatMap; front: Front; seats: SeatsNow }) => {
  const sections = useMemo(() => tallySections(map, seats.states), [map, seats]);
  const grades = useMemo(() => tallyGrades(sections), [sections]);
  const colours = useMemo(() => gradeColours(tallyGrades(tallySections(map, new Uint8Array())).map(({ grade }) => grade)), [map]);
  return (
    <div className="grid gap-6">
      <div className="rounded-2xl border border-line bg-card p-3 sm:p-5">
        <SeatCanvas map={map} front={front} seats={seats} colours={colours} />
        <StateCounts status={seats} />
      </div>
      <GradeTable grades={grades} colours={colours} />
      <SectionTable sections={sections} />
    </div>
  );
};

/** Live seats of one performance: a picture, and the same in tables. Mount one per performance. */
export const SeatOverview = ({ performanceId, front }: { performanceId: string; front: Front }) => {
  const { t } = useTranslation();
  const status = useSeatStatus(performanceId);
  const map = useSeatMap(performanceId, status.data?.mapVersion);
  if (map.data?.sections.length === 0) return <p className="text-muted">{t('seatMap.none')}</p>;
  if (map.data !== undefined && status.data !== undefined) return <Seats map={map.data} front={front} seats={status.data} />;
  if (map.errorUpdateCount + status.errorUpdateCount > 0)
    return <Message title={t('seatMap.failed')} hint={t('connection.empty')} />;
  return <Loading label={t('seatMap.loading')} className="h-80" />;
};
