import { randomBytes } from 'node:crypto';

const token = (bytes: number): string => randomBytes(bytes).toString('hex');

/** Provider-made keys: opaque, unguessable, with a prefix that marks them as simulated. */
export const newPaymentKey = (): string => `tsim_${token(16)}`;
export const newTransactionKey = (): string => `tsimtx_${token(12)}`;
export const newSecret = (): string => `ps_${token(12)}`;
export const newApproveNo = (): string => String(randomBytes(4).readUInt32BE() % 100_000_000).padStart(8, '0');
/** Test mode marks every virtual account with an X in front. */
export const newAccountNumber = (): string => `X${String(randomBytes(6).readUIntBE(0, 6) % 10 ** 13).padStart(13, '0')}`;
