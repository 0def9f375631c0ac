import { z } from 'zod';
import { dueOf } from './account-request.js';
import { bankOf } from './banks.js';
import { APPROVING_CARD, passesLuhn } from './cards.js';
import { isTossCode, type TossCode } from './errors.js';
import { newPaymentKey, newSecret } from './keys.js';
import { opened, type Payment } from './payment.js';
import { type Due, easyPayProviders, METHODS, type Means } from './payment-means.js';
import { CustomerName, dueFields, Metadata, OrderIdText, OrderName } from './request-bodies.js';

const DEFAULT_BANK = '88';
const DEFAULT_NAME = '김토스';

/** What the buyer enters; every method's fields may be there, only the chosen one's count. */
const buyerFields = {
  method: z.enum(METHODS).default('CARD'),
  card: z
    .string()
    .transform((text) => text.replaceAll(/[\s-]/g, ''))
    .refine(passesLuhn)
    .default(APPROVING_CARD),
  bank: z.string().default(DEFAULT_BANK),
  /** Of a transfer, when the form names both. */
  fromBank: z.string().optional(),
  provider: z.enum(easyPayProviders).default('토스페이'),
  customerName: z
    .string()
    .max(100)
    .default('')
    .transform((text) => text.trim()),
  /** For scripts: what the bank says to a transfer or easy payment at confirm. */
  refuses: z.string().refine(isTossCode).optional(),
};
export const BuyerChoice = z.object(buyerFields);
type BuyerChoice = z.infer<typeof BuyerChoice>;

/** Where the buyer goes back to: http(s), or a path on the host that showed the page. */
const ReturnUrl = z.union([z.url({ protocol: /^https?$/ }), z.string().regex(/^\/(?![/\\])/)]);

const openingFields = {
  clientKey: z.string().optional(),
  orderId: OrderIdText,
  amount: z.coerce.number().int().positive(),
  orderName: OrderName,
  successUrl: ReturnUrl.optional(),
  failUrl: ReturnUrl.optional(),
  isCulturalExpenses: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).default(false),
  metadata: Metadata.optional(),
  ...dueFields,
};

/** A window opened in a browser: without `method` the buyer may choose any. */
export const WindowRequest = z.object({
  ...openingFields,
  method: z.enum(METHODS).optional(),
  customerName: CustomerName.optional(),
});

/** A window and the buyer in one request, for programs. `authenticate` false leaves it READY, as while the window is open. */
export const SessionRequest = z.object({ ...openingFields, ...buyerFields, authenticate: z.boolean().default(true) });

type Opening = Omit<z.infer<typeof WindowRequest>, 'method'> & { method?: Means['method'] | undefined };

export function openPayment(request: Opening, now: number): { payment: Payment } | { refused: TossCode } {
  const due = dueOf(request);
  if ('refused' in due) return due;
  const { orderId, orderName, amount, method, customerName } = request;
  return {
    payment: {
      status: 'READY',
      paymentKey: newPaymentKey(),
      orderId,
      orderName,
      totalAmount: amount,
      requestedAt: now,
      secret: newSecret(),
      successUrl: request.successUrl ?? null,
      failUrl: request.failUrl ?? null,
      metadata: request.metadata ?? null,
      cultureExpense: request.isCulturalExpenses,
      window: { method: method ?? null, due: due.due, customerName: customerName ?? null },
    },
  };
}

/** The buyer has authenticated with what the choice names: the merchant may confirm. */
export function authenticate(payment: Payment, choice: BuyerChoice, now: number): { payment: Payment } | { refused: TossCode } {
  const means = meansOf(choice, payment.window);
  if ('refused' in means) return means;
  return { payment: { ...opened(payment), status: 'IN_PROGRESS', means, authenticatedAt: now, attempts: 0 } };
}

function meansOf(choice: BuyerChoice, window: { due: Due; customerName: string | null }): Means | { refused: TossCode } {
  const refuses = choice.refuses ?? null;
  switch (choice.method) {
    case 'CARD':
      return { method: 'CARD', card: choice.card };
    case 'EASY_PAY':
      return { method: 'EASY_PAY', provider: choice.provider, refuses };
    case 'TRANSFER': {
      const bank = bankOf(choice.fromBank ?? choice.bank);
      return bank === undefined ? { refused: 'INVALID_BANK' } : { method: 'TRANSFER', bank: bank.code, refuses };
    }
    case 'VIRTUAL_ACCOUNT': {
      const bank = bankOf(choice.bank);
      if (bank?.issues !== true) return { refused: 'INVALID_BANK' };
      const customerName = choice.customerName || (window.customerName ?? DEFAULT_NAME);
      return { method: 'VIRTUAL_ACCOUNT', bank: bank.code, customerName, due: window.due };
    }
  }
}
