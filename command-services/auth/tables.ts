import type { Role, UserEvent } from '@tiketi/shared-kernel/contracts/events/user.js';
import type { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely';

type Users = {
  id: UserId;
  /** Lower case; the sign-in name. */
  email: string;
  password_hash: string | null;
  name: string;
  phone: string | null;
  provider: 'LOCAL' | 'GOOGLE';
  roles: Role[];
  /** How many events the account has had: the revision of its next one. */
  version: Generated<number>;
  created_at: Date;
  updated_at: Date;
};

type RefreshFamilies = {
  id: string;
  user_id: UserId;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  revoke_reason: 'logout' | 'reuse' | null;
};

type RefreshTokens = {
  /** SHA-256 of the token; the token itself is never stored. */
  hash: Buffer;
  family_id: string;
  issued_at: Date;
  spent_at: Date | null;
};

type SigningKeys = {
  kid: string;
  public_jwk: JSONColumnType<Record<string, unknown>>;
  /** AES-256-GCM under a key derived from AUTH_KEY_SECRET. */
  sealed_private_key: Buffer;
  created_at: Date;
  retired_at: Date | null;
};

type Outbox = {
  /** Becomes the id of the event. */
  event_id: string;
  sequence: Generated<string>;
  user_id: UserId;
  version: number;
  type: UserEvent['type'];
  data: ColumnType<unknown, string, never>;
  correlation_id: string;
  actor_id: string;
  actor_role: string;
  created_at: Date;
  published_at: Date | null;
  parked_reason: string | null;
};

export type AuthDatabase = {
  users: Users;
  refresh_families: RefreshFamilies;
  refresh_tokens: RefreshTokens;
  signing_keys: SigningKeys;
  outbox: Outbox;
};
export type UserRow = Selectable<Users>;
export type OutboxRow = Selectable<Outbox>;
