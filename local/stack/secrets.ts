import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { OWNERS } from './database-owners.js';

const Secrets = z.object({
  /** Password of each database role. */
  roles: z.record(z.string(), z.string()),
  /** What internal commands between services carry. */
  serviceToken: z.string(),
  /** Seals the auth service's private keys at rest. */
  authKeySecret: z.string().default(() => word(32)),
  /** Seals the bank accounts the payment service keeps. */
  paymentKeySecret: z.string().default(() => word(32)),
  tossSecretKey: z.string(),
  tossClientKey: z.string(),
  /** The first administrator, forgotten once the demo data is in: after that only the hash the auth service keeps knows it. */
  firstAdmin: z.object({ email: z.string(), password: z.string() }).optional(),
});
export type Secrets = z.infer<typeof Secrets>;

/** The keys of this folder's stack, made at its first start. The file is its owner's alone. */
export async function loadSecrets(file: string): Promise<Secrets> {
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const secrets = kept === undefined ? generate() : Secrets.parse(JSON.parse(kept));
  for (const { role } of OWNERS) secrets.roles[role] ??= word(24);
  await saveSecrets(file, secrets);
  return secrets;
}

/** Replaces the file as a whole, so that a crash leaves the old one or the new one. */
export async function saveSecrets(file: string, secrets: Secrets): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}

const generate = (): Secrets => ({
  roles: {},
  serviceToken: word(32),
  authKeySecret: word(32),
  paymentKeySecret: word(32),
  tossSecretKey: `test_sk_${word(18)}`,
  tossClientKey: `test_ck_${word(18)}`,
  firstAdmin: { email: 'admin@tiketi.local', password: word(12) },
});

const word = (bytes: number): string => randomBytes(bytes).toString('base64url');
