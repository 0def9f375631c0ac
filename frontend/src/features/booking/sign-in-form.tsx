import { useMutation } from '@tanstack/react-query';
import { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callJson } from '../../shared/api/call-json.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { Trouble } from './trouble.js';

const FIELD = 'min-h-11 w-full rounded-lg border border-edge bg-card px-3';

type Props = { onSignedIn: (signedIn: SignedIn) => void; onCancel: () => void };

/** Asked for when a reservation needs somebody to be for. */
export const SignInForm = ({ onSignedIn, onCancel }: Props) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const title = useId();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => callJson('/api/auth/login', SignedIn, { method: 'POST', body: { email, password }, language }),
    networkMode: 'always',
    onSuccess: onSignedIn,
  });
  return (
    <form
      aria-labelledby={title}
      className="grid max-w-sm gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      <h3 id={title} className="font-semibold">
        {t('booking.signIn')}
      </h3>
      <label className="grid gap-1 text-sm">
        {t('booking.email')}
        <input
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          className={FIELD}
        />
      </label>
      <label className="grid gap-1 text-sm">
        {t('booking.password')}
        <input
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={({ target }) => setPassword(target.value)}
          className={FIELD}
        />
      </label>
      <Trouble error={signIn.error} />
      <div className="flex flex-wrap gap-3">
        <button
          type="submit"
          disabled={signIn.isPending}
          className="min-h-11 cursor-pointer rounded-full bg-ink px-6 font-semibold text-paper hover:opacity-85 disabled:opacity-50"
        >
          {t('booking.signInNow')}
        </button>
        <button type="button" onClick={onCancel} className="min-h-11 cursor-pointer rounded-full border border-edge px-6">
          {t('booking.cancel')}
        </button>
      </div>
    </form>
  );
};
