import type { ErrorRequestHandler } from 'express';
import { OutcomeUnknownError } from '../event-sourcing/command-handler.js';
import { StoreRefusedError, StoreUnavailableError } from '../event-sourcing/event-store/port.js';
import { ProblemError } from './problem.js';

const RETRY = { 'retry-after': '1' };

/** What the event store did to a command as the problem to tell; any other error as it is. */
export const storeProblemOf = (error: unknown): unknown => {
  if (error instanceof OutcomeUnknownError) {
    return new ProblemError(503, 'OUTCOME_UNKNOWN', {
      title: {
        ko: '처리 결과를 아직 알 수 없습니다. 같은 키로 다시 요청해 주세요.',
        en: 'Whether this was done is not known yet. Please repeat it with the same key.',
      },
      headers: RETRY,
    });
  }
  if (error instanceof StoreUnavailableError) return new ProblemError(503, 'EVENT_STORE_UNAVAILABLE', { headers: RETRY });
  if (error instanceof StoreRefusedError) return new ProblemError(422, 'NOT_STORABLE');
  return error;
};

/** Put after a command service's routes: tells what the event store did to a command (503 OUTCOME_UNKNOWN, EVENT_STORE_UNAVAILABLE). */
export const translateStoreErrors: ErrorRequestHandler = (error, _req, _res, next) => next(storeProblemOf(error));
