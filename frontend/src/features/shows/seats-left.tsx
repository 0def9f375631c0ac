import { useTranslation } from 'react-i18next';
import { formatCount } from '../../shared/format/amounts.js';
import { percentLeft, type Scarcity, scarcityOf } from './scarcity.js';

type Props = { label: string; meterLabel: string; available: number; total: number; open: boolean };

const BARS: Record<Scarcity, string> = { plenty: 'bg-good', few: 'bg-alert', none: 'bg-transparent' };
const WORDS: Record<Scarcity, string> = { plenty: 'text-good', few: 'text-alert', none: 'text-muted' };

/** One performance's seats as a bar and in words; before or after the sale (`open` false) the words stay calm. */
export const SeatsLeft = ({ label, meterLabel, available, total, open }: Props) => {
  const { t } = useTranslation();
  const scarcity = scarcityOf(available, total);
  const words = { plenty: 'seats.left', few: 'seats.few', none: 'seats.none' } as const;
  const calm = !open && scarcity === 'few' ? 'plenty' : scarcity;
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-2 text-sm">
        <span>{label}</span>
        <span className={`font-semibold tabular-nums ${open ? WORDS[scarcity] : 'text-muted'}`}>
          {t(words[calm], { count: available, formatted: formatCount(available) })}
          <span className="font-normal text-muted"> / {formatCount(total)}</span>
        </span>
      </div>
      <meter
        className="sr-only"
        aria-label={meterLabel}
        min={0}
        max={total}
        value={available}
        aria-valuetext={t('seats.of', { available: formatCount(available), total: formatCount(total) })}
      />
      <div aria-hidden="true" className="h-2 overflow-hidden rounded-full bg-track">
        <div
          className={`h-full rounded-full motion-safe:transition-[width] motion-safe:duration-500 ${open ? BARS[scarcity] : 'bg-edge'}`}
          style={{ width: `${percentLeft(available, total)}%` }}
        />
      </div>
    </div>
  );
};
