import type { SeatStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../shared/format/amounts.js';

const SWATCHES = {
  available: 'bg-[linear-gradient(135deg,var(--grade-1)_50%,var(--grade-2)_50%)]',
  held: 'bg-(--seat-held)',
  sold: 'bg-(--seat-sold)',
  blocked: 'bg-(--seat-blocked)',
};

/** Legend and count of each seat state in one; seats kept from sale are named where there are any. */
export const StateCounts = ({ status }: { status: SeatStatus }) => {
  const { t } = useTranslation();
  const states =
    status.blocked > 0 ? (['available', 'held', 'sold', 'blocked'] as const) : (['available', 'held', 'sold'] as const);
  return (
    <>
      <dl className="mt-4 flex flex-wrap gap-x-6 gap-y-1.5 text-sm">
        {states.map((state) => (
          <div key={state} className="flex items-center gap-2">
            <dt className="flex items-center gap-2">
              <span aria-hidden="true" className={`size-3 rounded-sm ${SWATCHES[state]}`} />
              {t(`seatMap.${state}`)}
            </dt>
            <dd data-seats={state} className="font-semibold tabular-nums">
              {formatCount(status[state])}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-muted text-sm">{t('seatMap.hint')}</p>
    </>
  );
};
