import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError, redactKeys, redactText } from './redaction.js';

export type { Logger } from 'pino';

const redacted = (fields: object): Record<string, unknown> => redactKeys(fields) as Record<string, unknown>;

/**
 * JSON lines to stdout (or `destination`), times in ISO 8601. Secrets and personal data are taken out twice:
 * by the names of fields, then by how values look in the finished line.
 */
export const createLogger = (o: {
  readonly service: string;
  readonly level: string;
  readonly destination?: DestinationStream;
}): Logger =>
  pino(
    {
      level: o.level,
      base: { service: o.service, pid: process.pid },
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redacted, bindings: redacted },
      serializers: { err: (error: unknown) => (error instanceof Error ? describeError(error) : redactKeys(error)) },
      hooks: { streamWrite: redactText },
    },
    o.destination ?? pino.destination({ fd: 1, sync: true }),
  );
