import { z } from 'zod';

/** What the provider's window brings back; said by the page it ends on to the one that opened it, for the buyer is signed in only there. */
export const PaymentReturn = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('approved'), orderId: z.string(), paymentKey: z.string().min(1).max(200) }),
  z.object({ outcome: z.literal('failed'), orderId: z.string(), message: z.string() }),
]);
export type PaymentReturn = z.infer<typeof PaymentReturn>;

const CHANNEL = 'tiketi-payment';

export const announceReturn = (returned: PaymentReturn): void => {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(returned);
  channel.close();
};

/** Calls back for each return of this order; returns what ends it. */
export const onReturn = (orderId: string, heard: (returned: PaymentReturn) => void): (() => void) => {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    const returned = PaymentReturn.safeParse(data);
    if (returned.success && returned.data.orderId === orderId) heard(returned.data);
  };
  return () => channel.close();
};

/** Where the provider's window begins, and where it ends again. */
export const checkoutAddress = (
  checkoutUrl: string,
  order: { readonly orderId: string; readonly amount: number; readonly orderName: string },
  language: string,
): string => {
  const back = (outcome: PaymentReturn['outcome']): string => new URL(`/payments/${outcome}`, location.origin).href;
  const url = new URL(checkoutUrl, location.origin);
  url.search = new URLSearchParams({
    orderId: order.orderId,
    amount: String(order.amount),
    orderName: order.orderName,
    successUrl: back('approved'),
    failUrl: back('failed'),
    lang: language,
  }).toString();
  return url.href;
};
