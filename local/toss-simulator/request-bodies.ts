import { z } from 'zod';
import { readKoreanTime } from './korean-time.js';

export const OrderIdText = z.string().regex(/^[A-Za-z0-9_=-]{6,64}$/);
export const OrderName = z.string().min(1).max(100);
const Amount = z.int().positive();

export const ConfirmBody = z.object({ paymentKey: z.string().min(1).max(200), orderId: OrderIdText, amount: Amount });

/** Bank, number and holder are judged later: each has an error code of its own. */
const RefundAccountBody = z.object({ bank: z.string(), accountNumber: z.string(), holderName: z.string() });

export const CancelBody = z.object({
  cancelReason: z.string().min(1).max(200),
  cancelAmount: Amount.optional(),
  refundableAmount: z.int().nonnegative().optional(),
  refundReceiveAccount: RefundAccountBody.optional(),
  currency: z.literal('KRW').optional(),
  taxFreeAmount: z.int().nonnegative().optional(),
});

/** At most five pairs, key 40 and value 2,000 characters long. */
export const Metadata = z
  .record(z.string().min(1).max(40), z.string().max(2_000))
  .refine((pairs) => Object.keys(pairs).length <= 5);

/** How long a virtual account is open; the two ways exclude each other, and neither means 168 hours. */
export const dueFields = {
  validHours: z.coerce.number().int().positive().optional(),
  dueDate: z
    .string()
    .transform((text, context) => {
      const at = readKoreanTime(text);
      if (at !== undefined) return at;
      context.addIssue('not a date and time');
      return z.NEVER;
    })
    .optional(),
};

export const CustomerName = z.string().min(1).max(100);

export const VirtualAccountBody = z.object({
  amount: Amount,
  orderId: OrderIdText,
  orderName: OrderName,
  customerName: CustomerName,
  bank: z.string().min(1),
  metadata: Metadata.optional(),
  isCulturalExpenses: z.boolean().default(false),
  ...dueFields,
});
export type VirtualAccountBody = z.infer<typeof VirtualAccountBody>;
