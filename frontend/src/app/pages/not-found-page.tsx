import { useTranslation } from 'react-i18next';
import { Message } from '../../shared/ui/message.js';
import { PageTitle } from '../../shared/ui/page-title.js';
import { BackLink } from '../back-link.js';

export const NotFoundPage = () => {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle>{t('notFound.title')}</PageTitle>
      <Message level="h1" title={t('notFound.title')} hint={t('notFound.hint')}>
        <BackLink />
      </Message>
    </>
  );
};
