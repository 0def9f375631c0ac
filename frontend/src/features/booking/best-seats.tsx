import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../shared/ui/button.js';
import { bestWished, type Wish } from './wish.js';

const FIELD = 'min-h-11 rounded-lg border border-edge bg-card px-3';

type Props = { grades: readonly string[]; limit: number; busy: boolean; onWish: (wish: Wish) => void };

/** So many neighbouring seats, of a grade or of any. */
export const BestSeats = ({ grades, limit, busy, onWish }: Props) => {
  const { t } = useTranslation();
  const [count, setCount] = useState(Math.min(2, limit));
  const [grade, setGrade] = useState('');
  return (
    <div className="grid gap-3">
      <h3 className="font-semibold">{t('booking.best')}</h3>
      <p className="text-muted text-sm">{t('booking.bestHint')}</p>
      <div className="flex flex-wrap items-end gap-3">
        <label className="grid gap-1 text-sm">
          {t('booking.howMany')}
          <select value={count} onChange={({ target }) => setCount(Number(target.value))} className={FIELD}>
            {Array.from({ length: limit }, (_, n) => n + 1).map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label className="grid gap-1 text-sm">
          {t('booking.grade')}
          <select value={grade} onChange={({ target }) => setGrade(target.value)} className={FIELD}>
            <option value="">{t('booking.anyGrade')}</option>
            {grades.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <Button disabled={busy} onClick={() => onWish(bestWished(count, grade))}>
          {t('booking.reserveBest')}
        </Button>
      </div>
    </div>
  );
};
