import express, { type ErrorRequestHandler, type Express } from 'express';
import { apiRoutes } from './api-routes.js';
import { checkoutRoutes } from './checkout-routes.js';
import { controlRoutes } from './control-routes.js';
import { depositRoutes } from './deposit-routes.js';
import { errorReply, languageOf } from './errors.js';
import type { Simulation } from './simulation.js';

/** The simulator's HTTP surface. `onError` hears of faults that are none of the caller's. */
export function createApp(simulation: Simulation, onError: (error: unknown) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    });
    next();
  });
  app.use(express.json({ limit: '64kb' }));
  app.get('/health', (_request, response) => void response.json({ status: 'ok' }));
  app.use('/v1', apiRoutes(simulation));
  app.use('/simulator', controlRoutes(simulation));
  app.use(checkoutRoutes(simulation));
  app.use(depositRoutes(simulation));

  const answerError: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    if (simulation.closing.aborted || response.headersSent) return void request.socket.destroy();
    const malformed =
      error instanceof SyntaxError ||
      (error instanceof Error && 'status' in error && Number(error.status) >= 400 && Number(error.status) < 500);
    if (!malformed) onError(error);
    const { status, body } = errorReply(
      malformed ? 'INVALID_REQUEST' : 'FAILED_INTERNAL_SYSTEM_PROCESSING',
      languageOf(request.headers['accept-language']),
    );
    response.status(status).type('application/json').send(body);
  };
  app.use(answerError);
  return app;
}
