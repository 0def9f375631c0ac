import { createLogger, type Logger } from '../logger.js';

export type RecordingLogger = {
  readonly logger: Logger;
  readonly text: () => string;
  readonly lines: () => readonly Record<string, unknown>[];
};

/** A real logger whose lines stay in memory, so that a test can look for what must not be there. */
export const recordingLogger = (service = 'test'): RecordingLogger => {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  return {
    logger: createLogger({ service, level: 'trace', destination }),
    text: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
};
