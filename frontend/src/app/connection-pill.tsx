import { useTranslation } from 'react-i18next';
import { type ConnectionState, useConnection } from '../shared/api/connection.js';

const LOOKS: Record<ConnectionState, { text: string; dot: string }> = {
  connecting: { text: 'text-muted', dot: 'bg-muted' },
  live: { text: 'text-good', dot: 'bg-good' },
  interrupted: { text: 'text-alert', dot: 'bg-alert' },
};

/** A glance at the way to the API; the notice below the header is what gets announced. */
export const ConnectionPill = () => {
  const { t } = useTranslation();
  const state = useConnection();
  const { text, dot } = LOOKS[state];
  return (
    <p data-connection={state} className={`flex items-center gap-1.5 whitespace-nowrap font-medium text-sm ${text}`}>
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      {t(`connection.${state}`)}
    </p>
  );
};
