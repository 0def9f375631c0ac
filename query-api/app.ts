import type { RequestListener } from 'node:http';
import type { PositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import type { Authenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import type { RateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { checkReadiness } from '@tiketi/shared-kernel/service/readiness.js';
import type { Answer } from './answers/answer.js';
import { createAnswerCache } from './answers/answer-cache.js';
import { FRESH_MS, RENEW_AFTER_MS } from './answers/freshness.js';
import { createHotAnswers, hotFirst } from './answers/hot-answers.js';
import type { BookingLogs } from './bookings/booking-log.js';
import { getBookingLog } from './bookings/routes.js';
import type { Catalog, Tickets } from './database.js';
import { getLayouts } from './layouts/routes.js';
import { observeReads } from './read-metrics.js';
import { getMyReservations, getReservation } from './reservations/routes.js';
import { getSeatMap, getSeatStatus, getSeats } from './seats/routes.js';
import { getRefundPolicy, getShow, getShows } from './shows/routes.js';
import { getTicketTypes } from './ticket-types/routes.js';

export type QueryPorts = {
  readonly catalog: Catalog;
  readonly tickets: Tickets;
  readonly catalogReaches: PositionWait;
  readonly ticketsReach: PositionWait;
  readonly bookingLogs: BookingLogs;
  readonly bookingLogReaches: PositionWait;
  readonly authenticator: Authenticator;
  readonly limits: RateLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch; statuses follow it. */
  readonly now: () => number;
};

/** The read side's answers. Public ones are cached for `FRESH_MS`; reservations are read for their buyer alone. */
export const createApp = (ports: QueryPorts): RequestListener => {
  const { catalog, tickets, logger, metrics, now, limits } = ports;
  const { requireUser, requireRole } = ports.authenticator;
  const observe = observeReads(metrics);
  const cache = createAnswerCache<Answer | undefined>({ maxAgeMs: FRESH_MS, maxEntries: 2000, observe: observe.cache });
  const hot = createHotAnswers({ maxAgeMs: FRESH_MS, renewAfterMs: RENEW_AFTER_MS, maxEntries: 2000 });
  const open = { db: catalog, cache, hot, wait: ports.catalogReaches, now };
  const own = { db: tickets, wait: ports.ticketsReach };

  const app = createHttpApp({
    service: 'query-api',
    logger,
    metrics,
    ready: () =>
      checkReadiness({
        catalog: () => catalog.withSchema('catalog').selectFrom('shows').select('id').limit(1).execute(),
        tickets: () => tickets.withSchema('tickets').selectFrom('reservations').select('id').limit(1).execute(),
      }),
    routes: (router) => {
      router.get('/api/events', getShows(open));
      router.get('/api/events/:id', getShow(open));
      router.get(['/api/events/:id/seats', '/api/seats/event/:id'], getSeats(open));
      router.get('/api/events/:id/refund-policy', getRefundPolicy(open));
      router.get('/api/tickets/event/:eventId', getTicketTypes(open));
      router.get('/api/performances/:id/seatmap', getSeatMap(open));
      router.get('/api/performances/:id/seat-status', getSeatStatus(open));
      router.get('/api/seat-layouts', getLayouts(open));
      router.get('/api/reservations/my', requireUser, limits.limit('read'), getMyReservations(own));
      router.get('/api/reservations/:id', requireUser, limits.limit('read'), getReservation(own));
      router.get(
        '/api/admin/bookings/:id/log',
        requireRole('operator', 'auditor', 'admin'),
        limits.limit('read'),
        getBookingLog({ db: ports.bookingLogs, wait: ports.bookingLogReaches }),
      );
    },
  });
  return hotFirst(hot, app, observe.hot);
};
