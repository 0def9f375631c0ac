/** SQLSTATE classes where the server, not the statement, is at fault: connection, resources, operator, system. */
const serverClasses = new Set(['08', '53', '57', '58']);

/**
 * Single states that say nothing of the fact: serialization, deadlock, lock not available, idle in transaction, read-only server, a prepared
 * statement whose result has other columns now (it is prepared anew), or that a pooler forgot or mixed up; then a schema or a right that is
 * missing, which no other event would get past either.
 */
const otherStates = new Set([
  '40001',
  '40P01',
  '55P03',
  '25P03',
  '25006',
  '0A000',
  '26000',
  '42P05',
  '42P01',
  '42703',
  '42501',
  '42883',
  '3F000',
]);

const connectionMessages =
  /connection terminated|connection error|trying to connect|not queryable|query read timeout|calling end on the pool|driver has already been destroyed|client was closed/i;

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** True for an outage or a wrong deployment, which is waited out; false for what this event will always do. */
export const isInfrastructure = (error: unknown): boolean => {
  const code = codeOf(error);
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)) {
    return serverClasses.has(code.slice(0, 2)) || otherStates.has(code);
  }
  if (code !== undefined && /^E[A-Z]/.test(code)) return true;
  return error instanceof Error && connectionMessages.test(error.message);
};

/** A statement took too long: an outage if it was one event's, else perhaps only too many events at once. */
export const isTimeout = (error: unknown): boolean => codeOf(error) === '57014';
