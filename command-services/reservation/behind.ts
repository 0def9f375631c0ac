import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import type { ErrorRequestHandler } from 'express';
import { BookingsBehindError } from './bookings.js';
import { ShowsBehindError } from './shows.js';

/** What this service has not read yet as the problem to tell; any other error as it is. */
export const behindProblemOf = (error: unknown): unknown =>
  error instanceof BookingsBehindError || error instanceof ShowsBehindError
    ? new ProblemError(503, 'RESERVATION_NOT_READABLE_YET', { headers: { 'retry-after': '1' } })
    : error;

export const whileBehind: ErrorRequestHandler = (error, _req, _res, next) => next(behindProblemOf(error));
