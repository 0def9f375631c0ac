import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

export const BackLink = () => {
  const { t } = useTranslation();
  return (
    <Link to="/" className="inline-flex min-h-8 items-center gap-1.5 font-medium text-brand hover:underline">
      <span aria-hidden="true">←</span>
      {t('show.back')}
    </Link>
  );
};
