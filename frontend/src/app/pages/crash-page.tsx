import { useTranslation } from 'react-i18next';
import { Button } from '../../shared/ui/button.js';
import { Message } from '../../shared/ui/message.js';
import { PageTitle } from '../../shared/ui/page-title.js';

/** In place of everything when the page itself fails. */
export const CrashPage = () => {
  const { t } = useTranslation();
  return (
    <main className="mx-auto max-w-2xl px-4 py-16">
      <PageTitle>{t('crash.title')}</PageTitle>
      <Message level="h1" title={t('crash.title')} hint={t('crash.hint')}>
        <Button onClick={() => location.reload()}>{t('crash.reload')}</Button>
      </Message>
    </main>
  );
};
