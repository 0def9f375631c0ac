import { useMutation } from '@tanstack/react-query';
import { Cancelled, type Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { TicketTypeView } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { callJson } from '../../shared/api/call-json.js';
import { formatWon } from '../../shared/format/amounts.js';
import { formatClock, formatMoment } from '../../shared/format/dates.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { Button } from '../../shared/ui/button.js';
import { checkoutAddress } from './payment-channel.js';
import { useSession } from './session.js';
import { Trouble } from './trouble.js';
import { usePast } from './use-past.js';
import { usePayment } from './use-payment.js';

type Held = { reserved: Reserved; types: readonly TicketTypeView[] };

const Lines = ({ reserved, types }: Held) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const nameOf = ({ seatId, ticketTypeId, quantity }: Reserved['items'][number]): string =>
    seatId === null
      ? t('booking.ticket', { name: types.find(({ id }) => id === ticketTypeId)?.name ?? '', count: quantity })
      : t('booking.seat', { seat: seatId });
  return (
    <dl className="grid gap-1 tabular-nums">
      {reserved.items.map((item) => (
        <div key={item.seatId ?? item.ticketTypeId} className="flex justify-between gap-4">
          <dt>{nameOf(item)}</dt>
          <dd>{formatWon(item.subtotal, language)}</dd>
        </div>
      ))}
      <div className="flex justify-between gap-4 border-line border-t pt-1 font-semibold">
        <dt>{t('booking.total')}</dt>
        <dd>{formatWon(reserved.totalAmount, language)}</dd>
      </div>
    </dl>
  );
};

/** What was reserved, until it is paid, given back or lost. */
export const HeldTickets = ({ reserved, types, onDone }: Held & { onDone: () => void }) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const { token } = useSession();
  const late = usePast(reserved.expiresAt);
  const { prepared, declined, answer, paying, error, confirmed, tryAgain } = usePayment(reserved);
  const giveBack = useMutation({
    // a key of its own for every click: one that was refused may be done a moment later, and done twice it is done once
    mutationFn: () =>
      callJson(`/api/reservations/${reserved.id}/cancel`, Cancelled, {
        ...{ method: 'POST', language, key: crypto.randomUUID() },
        ...(token === undefined ? {} : { token }),
      }),
    networkMode: 'always',
    onSuccess: onDone,
  });
  const open = answer === undefined && !paying;

  const standing = (): string => {
    if (confirmed) return t('booking.confirmed', { number: reserved.reservationNumber });
    if (paying) return t('booking.paying');
    if (answer?.status === 'payment_delayed') return t('booking.delayed');
    if (answer?.status === 'awaiting_deposit')
      return t('booking.deposit', { account: answer.accountNumber ?? '', at: formatMoment(answer.dueBy, language) });
    if (late) return t('booking.late');
    return t('booking.until', { at: formatClock(Date.parse(reserved.expiresAt), language) });
  };
  return (
    <div className="grid gap-4">
      <h3 className="font-semibold">{t('booking.held')}</h3>
      <p className="text-muted text-sm">{t('booking.number', { number: reserved.reservationNumber })}</p>
      <Lines reserved={reserved} types={types} />
      <p role="status" className={`font-medium ${confirmed ? 'text-good' : ''}`}>
        {standing()}
      </p>
      {declined !== undefined && open && (
        <p role="alert" className="text-alert">
          {t('booking.declined', { reason: declined })}
        </p>
      )}
      <Trouble error={error ?? giveBack.error} />
      {open && error !== null && <Button onClick={tryAgain}>{t('failure.retry')}</Button>}
      {open && !late && prepared?.checkoutUrl !== undefined && (
        <div className="grid gap-2">
          <a
            href={checkoutAddress(prepared.checkoutUrl, prepared, language)}
            target="_blank"
            rel="noreferrer"
            className="inline-flex min-h-11 items-center justify-center rounded-full bg-brand px-6 font-semibold text-on-brand hover:opacity-85"
          >
            {t('booking.pay', { price: formatWon(prepared.amount, language) })}
          </a>
          <p className="text-muted text-sm">{t('booking.payHint')}</p>
        </div>
      )}
      {open && !late && prepared !== undefined && prepared.checkoutUrl === undefined && <p>{t('booking.noWindow')}</p>}
      <div>
        {confirmed || late ? (
          <Button onClick={onDone}>{t('booking.again')}</Button>
        ) : (
          open && (
            <button
              type="button"
              disabled={giveBack.isPending}
              onClick={() => giveBack.mutate()}
              className="min-h-11 cursor-pointer rounded-full border border-edge px-6 disabled:opacity-50"
            >
              {t('booking.giveBack')}
            </button>
          )
        )}
      </div>
    </div>
  );
};
