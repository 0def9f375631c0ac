import { type Kysely, type Migration, sql } from 'kysely';

/** The schema all tables of this service live in. */
export const SCHEMA = 'auth';

const accounts = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create table users (
      id uuid primary key,
      email text not null unique check (email = lower(email)),
      password_hash text,
      name text not null,
      phone text,
      provider text not null check (provider in ('LOCAL', 'GOOGLE')),
      roles text[] not null check (cardinality(roles) > 0),
      version integer not null default 0,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db);
  await sql`
    create table refresh_families (
      id uuid primary key,
      user_id uuid not null references users on delete cascade,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz,
      revoke_reason text
    )`.execute(db);
  await sql`create index refresh_families_by_user on refresh_families (user_id)`.execute(db);
  await sql`create index refresh_families_by_expiry on refresh_families (expires_at)`.execute(db);
  await sql`
    create table refresh_tokens (
      hash bytea primary key,
      family_id uuid not null references refresh_families on delete cascade,
      issued_at timestamptz not null,
      spent_at timestamptz
    )`.execute(db);
  await sql`create index refresh_tokens_by_family on refresh_tokens (family_id)`.execute(db);
};

const signingKeys = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create table signing_keys (
      kid text primary key,
      public_jwk jsonb not null,
      sealed_private_key bytea not null,
      created_at timestamptz not null,
      retired_at timestamptz
    )`.execute(db);
};

// no foreign key to users: facts already on their way outlive the account
const outbox = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create table outbox (
      event_id uuid primary key,
      sequence bigint generated always as identity,
      user_id uuid not null,
      version integer not null check (version >= 0),
      type text not null,
      data jsonb not null,
      correlation_id text not null,
      actor_id text not null,
      actor_role text not null,
      created_at timestamptz not null,
      published_at timestamptz,
      parked_reason text,
      unique (user_id, version)
    )`.execute(db);
  await sql`
    create index outbox_waiting on outbox (sequence) where published_at is null`.execute(db);
  await sql`create index outbox_parked on outbox (user_id) where parked_reason is not null`.execute(db);
};

export const migrations: Readonly<Record<string, Migration>> = {
  '0001_accounts': { up: accounts },
  '0002_signing_keys': { up: signingKeys },
  '0003_outbox': { up: outbox },
};
