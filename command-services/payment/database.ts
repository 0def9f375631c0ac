import type { Migration } from 'kysely';
import { createPointsLedgerTables, type PointsLedgerTables } from './points/ledger/tables.js';
import { createProviderCallTable, type ProviderCallTables } from './provider-calls.js';
import { createReconciliationTables, type ReconciliationTables } from './reconciliation/tables.js';
import { createRecordTables, type RecordTables } from './records/tables.js';
import { createVirtualAccountTables, type VirtualAccountTables } from './virtual-accounts/tables.js';
import { createWebhookTables, type WebhookTables } from './webhooks/tables.js';

/** The schema of this service: its tables, checkpoints and effect rows. */
export const SCHEMA = 'payment';

export type PaymentDatabase = ProviderCallTables &
  VirtualAccountTables &
  WebhookTables &
  RecordTables &
  ReconciliationTables &
  PointsLedgerTables;

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-provider-calls': createProviderCallTable,
  '0002-virtual-accounts': createVirtualAccountTables,
  '0003-webhooks': createWebhookTables,
  '0004-records': createRecordTables,
  '0005-points-ledger': createPointsLedgerTables,
  '0006-reconciliation': createReconciliationTables,
};
