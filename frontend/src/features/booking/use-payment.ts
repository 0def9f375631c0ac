import { useMutation, useQuery } from '@tanstack/react-query';
import { AwaitingDeposit, Confirmed, Delayed, Prepared } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { ReservationView, type Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { callJson } from '../../shared/api/call-json.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { onReturn } from './payment-channel.js';
import { useSession } from './session.js';

const Answer = z.discriminatedUnion('status', [Confirmed, Delayed, AwaitingDeposit]);
const SETTLING_MS = 2000;

/** The order of a held reservation, and what becomes of it once its payment comes back from the provider's window. */
export const usePayment = (reserved: Reserved) => {
  const language = useLanguage();
  const { token } = useSession();
  const [attempt, setAttempt] = useState(1);
  const [declined, setDeclined] = useState<string>();
  const signedIn = token === undefined ? { language } : { language, token };

  const order = useQuery({
    queryKey: ['order', reserved.id, attempt],
    queryFn: () =>
      callJson('/api/payments/prepare', Prepared, {
        ...{ ...signedIn, method: 'POST', body: { reservationId: reserved.id }, key: `${reserved.id}-${attempt}` },
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const confirm = useMutation({
    mutationFn: ({ paymentKey, orderId, amount }: { paymentKey: string; orderId: string; amount: number }) =>
      callJson('/api/payments/confirm', Answer, {
        ...{ ...signedIn, method: 'POST', body: { paymentKey, orderId, amount }, key: `confirm-${orderId}-${attempt}` },
      }),
    networkMode: 'always',
  });
  const delayed = confirm.data?.status === 'payment_delayed' || confirm.data?.status === 'awaiting_deposit';
  const settled = useQuery({
    queryKey: ['settling', reserved.id],
    queryFn: ({ signal }) =>
      callJson(`/api/reservations/${reserved.id}`, ReservationView, { ...signedIn, method: 'GET', signal }),
    enabled: delayed,
    refetchInterval: SETTLING_MS,
  });

  const { mutate, reset } = confirm;
  const prepared = order.data;
  useEffect(() => {
    if (prepared === undefined) return;
    const { orderId, amount } = prepared;
    return onReturn(orderId, (returned) => {
      setDeclined(undefined);
      if (returned.outcome === 'approved') return mutate({ paymentKey: returned.paymentKey, orderId, amount });
      setDeclined(returned.message);
      reset();
      setAttempt((last) => last + 1);
    });
  }, [prepared, mutate, reset]);

  return {
    prepared,
    declined,
    answer: confirm.data,
    paying: confirm.isPending,
    error: confirm.error ?? order.error,
    confirmed: confirm.data?.status === 'confirmed' || settled.data?.status === 'confirmed',
    tryAgain: () => {
      reset();
      setAttempt((last) => last + 1);
    },
  };
};
