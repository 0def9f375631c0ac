import type { ShowStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';

const LOOKS: Record<ShowStatus, string> = {
  on_sale: 'bg-good-soft text-good',
  upcoming: 'bg-soon-soft text-soon',
  sold_out: 'bg-track text-ink',
  ended: 'bg-track text-ink',
  cancelled: 'bg-alert-soft text-alert',
};

export const StatusBadge = ({ status }: { status: ShowStatus }) => {
  const { t } = useTranslation();
  return (
    <span className={`inline-flex items-center rounded-full px-2.5 py-1 font-semibold text-xs leading-none ${LOOKS[status]}`}>
      {t(`status.${status}`)}
    </span>
  );
};
