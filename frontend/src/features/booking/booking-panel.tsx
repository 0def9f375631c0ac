import { useMutation } from '@tanstack/react-query';
import type { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { TicketTypeView } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callJson, Refusal } from '../../shared/api/call-json.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { BestSeats } from './best-seats.js';
import { HeldTickets } from './held-tickets.js';
import { PlacePicker } from './place-picker.js';
import { useSession } from './session.js';
import { SignInForm } from './sign-in-form.js';
import { Trouble } from './trouble.js';
import { useTicketTypes } from './use-ticket-types.js';
import type { Wish } from './wish.js';

type Asked = { readonly wish: Wish; readonly key: string; readonly token: string };

/** One key for one wish until it is known what became of it, so that asking again reserves nothing twice. */
const useWishKey = () => {
  const open = useRef<{ readonly wish: string; readonly key: string }>(undefined);
  return {
    of: (wish: Wish): string => {
      const text = JSON.stringify(wish);
      if (open.current?.wish !== text) open.current = { wish: text, key: crypto.randomUUID() };
      return open.current.key;
    },
    settled: () => {
      open.current = undefined;
    },
  };
};

type ChoiceProps = {
  types: readonly TicketTypeView[];
  grades: readonly string[];
  limit: number;
  busy: boolean;
  onWish: (wish: Wish) => void;
};

const Choice = ({ types, grades, limit, busy, onWish }: ChoiceProps) => {
  const { t } = useTranslation();
  return (
    <div className="grid gap-6">
      <p className="text-muted text-sm">{t('booking.limit', { count: limit })}</p>
      {types.length > 0 && <PlacePicker types={types} limit={limit} busy={busy} onWish={onWish} />}
      {grades.length > 0 && <BestSeats grades={grades} limit={limit} busy={busy} onWish={onWish} />}
    </div>
  );
};

type Props = { showId: string; performanceId: string; grades: readonly string[]; limit: number; open: boolean };

/** Reserves places and best seats of one performance and has them paid; nothing while the sale is not open. Mount one per performance. */
export const BookingPanel = ({ showId, performanceId, grades, limit, open }: Props) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const session = useSession();
  const keys = useWishKey();
  const [waiting, setWaiting] = useState<Wish>();
  const types = useTicketTypes(showId, performanceId).data?.items ?? [];
  const reserve = useMutation({
    mutationFn: ({ wish, key, token }: Asked) =>
      callJson('/api/reservations', Reserved, { method: 'POST', body: { performanceId, ...wish }, token, key, language }),
    networkMode: 'always',
    onSuccess: keys.settled,
    onError: (error, { wish }) => {
      if (!(error instanceof Refusal)) return;
      if (error.status < 500) keys.settled();
      if (error.status === 401) {
        session.end();
        setWaiting(wish);
      }
    },
  });
  const wanted = (wish: Wish, token: string | undefined) => {
    setWaiting(token === undefined ? wish : undefined);
    if (token !== undefined) reserve.mutate({ wish, key: keys.of(wish), token });
  };

  // one's own hold may be what sold the performance out
  if (!open && reserve.data === undefined) return null;
  const panel = () => {
    if (reserve.data !== undefined) return <HeldTickets reserved={reserve.data} types={types} onDone={reserve.reset} />;
    if (waiting === undefined) {
      const wish = (wished: Wish) => wanted(wished, session.token);
      return <Choice types={types} grades={grades} limit={limit} busy={reserve.isPending} onWish={wish} />;
    }
    const signedIn = (who: SignedIn) => {
      session.begin(who);
      wanted(waiting, who.accessToken);
    };
    return <SignInForm onCancel={() => setWaiting(undefined)} onSignedIn={signedIn} />;
  };
  return (
    <section aria-labelledby="booking">
      <h2 id="booking" className="mb-3 font-bold text-xl">
        {t('booking.title')}
      </h2>
      <div className="grid gap-4 rounded-2xl border border-line bg-card p-4 sm:p-5">
        {panel()}
        <Trouble error={reserve.error} />
      </div>
    </section>
  );
};
