import type { PerformanceSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { PerformanceSeats } from './performance-seats.js';
import { StatusBadge } from './status-badge.js';

type Props = { performances: readonly PerformanceSummary[]; value: string | null; onChange: (id: string) => void };

export const PerformancePicker = ({ performances, value, onChange }: Props) => {
  const { t } = useTranslation();
  if (performances.length === 0) return <p className="text-muted">{t('show.noDate')}</p>;
  return (
    <fieldset>
      <legend className="mb-3 text-muted text-sm">{t('show.pick')}</legend>
      <div className="grid gap-3">
        {performances.map((performance) => (
          <label
            key={performance.id}
            className="grid cursor-pointer gap-2 rounded-xl border border-line bg-card p-4 hover:border-edge has-checked:border-ink has-checked:shadow-[inset_0_0_0_1px_var(--ink)] has-focus-visible:outline-3 has-focus-visible:outline-brand has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name="performance"
              checked={performance.id === value}
              onChange={() => onChange(performance.id)}
              className="sr-only"
            />
            {performance.status !== 'on_sale' && (
              <span>
                <StatusBadge status={performance.status} />
              </span>
            )}
            <PerformanceSeats performance={performance} />
          </label>
        ))}
      </div>
    </fieldset>
  );
};
