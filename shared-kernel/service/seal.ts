import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A 256-bit key of `owner` for one purpose, derived from its secret (HKDF-SHA-256). */
export const deriveKey = (secret: string, owner: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, owner, purpose, 32));

/** AES-256-GCM: 12 bytes nonce, 16 bytes tag, then the cipher text. `context` must be the same to open it. */
export const seal = (key: Buffer, plain: string, context: string): Buffer => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
};

/** The plain text; throws when the key, the context or a byte differs. */
export const unseal = (key: Buffer, sealed: Buffer, context: string): string => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
};
