import { useTranslation } from 'react-i18next';
import { Refusal } from '../../shared/api/call-json.js';

/** Why something did not happen, as soon as it did not. */
export const Trouble = ({ error }: { error: unknown }) => {
  const { t } = useTranslation();
  return (
    <p role="alert" className="font-medium text-alert empty:hidden">
      {error === null ? null : error instanceof Refusal ? error.title : t('booking.unknown')}
    </p>
  );
};
