import { useTranslation } from 'react-i18next';

/** The title of the browser's tab. */
export const PageTitle = ({ children }: { children: string }) => {
  const { t } = useTranslation();
  return <title>{`${children} · ${t('app.name')}`}</title>;
};
