import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useShow } from '../../features/shows/use-shows.js';
import { isMissing } from '../../shared/api/api-failure.js';
import { Button } from '../../shared/ui/button.js';
import { Loading } from '../../shared/ui/loading.js';
import { Message } from '../../shared/ui/message.js';
import { PageTitle } from '../../shared/ui/page-title.js';
import { BackLink } from '../back-link.js';
import { ShowView } from './show-view.js';

const Missing = () => {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle>{t('show.missing')}</PageTitle>
      <Message level="h1" title={t('show.missing')} hint={t('show.missingHint')} />
    </>
  );
};

/** One show with its performances and the seats of the one chosen. */
export const ShowPage = () => {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { data: show, error, errorUpdateCount, refetch } = useShow(id);
  const body = () => {
    if (show !== undefined) return <ShowView show={show} />;
    if (isMissing(error)) return <Missing />;
    if (errorUpdateCount === 0) return <Loading label={t('show.loading')} className="h-72" />;
    return (
      <Message level="h1" title={t('show.failed')} hint={t('failure.hint')}>
        <Button onClick={() => void refetch()}>{t('failure.retry')}</Button>
      </Message>
    );
  };
  return (
    <>
      <div className="mb-4">
        <BackLink />
      </div>
      {body()}
    </>
  );
};
