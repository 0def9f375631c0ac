import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { announceReturn, PaymentReturn } from '../../features/booking/payment-channel.js';
import { Message } from '../../shared/ui/message.js';
import { PageTitle } from '../../shared/ui/page-title.js';

/** Where the provider's window ends: it tells the page that opened it, which alone knows who is buying. */
export const PaymentPage = () => {
  const { t } = useTranslation();
  const { outcome } = useParams();
  const [params] = useSearchParams();
  const returned = PaymentReturn.safeParse({ outcome, ...Object.fromEntries(params) }).data;
  const key = JSON.stringify(returned);
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each return, which `key` stands for
  useEffect(() => {
    if (returned !== undefined) announceReturn(returned);
  }, [key]);
  const title = returned?.outcome === 'approved' ? t('payment.approved') : t('payment.failed');
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <Message level="h1" title={title} hint={t('payment.back')} />
    </>
  );
};
