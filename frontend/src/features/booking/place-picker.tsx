import type { TicketTypeView } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount, formatWon } from '../../shared/format/amounts.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { Button } from '../../shared/ui/button.js';
import { type Counts, mostOf, placesWished, totalPrice, type Wish } from './wish.js';

type StepProps = { label: string; sign: '+' | '−'; disabled: boolean; onClick: () => void };

const Step = ({ label, sign, disabled, onClick }: StepProps) => (
  <button
    type="button"
    aria-label={label}
    disabled={disabled}
    onClick={onClick}
    className="size-11 cursor-pointer rounded-full border border-edge font-semibold text-lg leading-none hover:bg-track disabled:cursor-default disabled:opacity-40"
  >
    {sign}
  </button>
);

type Props = { types: readonly TicketTypeView[]; limit: number; busy: boolean; onWish: (wish: Wish) => void };

/** How many of each ticket type, within the limit of a booking and what is left. */
export const PlacePicker = ({ types, limit, busy, onWish }: Props) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const [counts, setCounts] = useState<Counts>({});
  const add = (id: string, by: number) => setCounts((now) => ({ ...now, [id]: (now[id] ?? 0) + by }));
  const wish = placesWished(types, counts);
  return (
    <div className="grid gap-3">
      <h3 className="font-semibold">{t('booking.places')}</h3>
      <ul className="grid gap-1">
        {types.map((type) => {
          const { id, name, price, availableQuantity } = type;
          const count = counts[id] ?? 0;
          return (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b py-2">
              <span>
                <span className="block font-medium">{name}</span>
                <span className="text-muted text-sm tabular-nums">
                  {formatWon(price, language)} ·{' '}
                  {availableQuantity > 0
                    ? t('booking.left', { count: availableQuantity, formatted: formatCount(availableQuantity) })
                    : t('booking.soldOut')}
                </span>
              </span>
              <span className="flex items-center gap-2">
                <Step label={t('booking.fewer', { name })} sign="−" disabled={count === 0} onClick={() => add(id, -1)} />
                <output aria-label={t('booking.count', { name, count })} className="w-7 text-center font-semibold tabular-nums">
                  {count}
                </output>
                <Step
                  label={t('booking.more', { name })}
                  sign="+"
                  disabled={count >= mostOf(type, counts, limit)}
                  onClick={() => add(id, 1)}
                />
              </span>
            </li>
          );
        })}
      </ul>
      <div>
        <Button disabled={busy || wish === undefined} onClick={() => wish !== undefined && onWish(wish)}>
          {wish === undefined
            ? t('booking.choose')
            : t('booking.reserve', { price: formatWon(totalPrice(types, counts), language) })}
        </Button>
      </div>
    </div>
  );
};
