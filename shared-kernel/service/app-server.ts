import { createServer, IncomingMessage, type RequestListener, type Server, type ServerOptions, ServerResponse } from 'node:http';
import express, { type Express } from 'express';

const isExpress = (app: RequestListener): app is Express => 'request' in app && 'response' in app;

/**
 * An HTTP server for an app. Express changes the prototype of every request and answer to its own, which makes V8 give up its fast paths
 * for them and keep them past their life: four times the processor time of a small answer (docs/performance.md). Here they are made with
 * Express's prototypes from the start, so that there is nothing left to change.
 */
export const createAppServer = (app: RequestListener, options: ServerOptions = {}): Server => {
  if (!isExpress(app)) return createServer(options, app);

  class Incoming extends IncomingMessage {}
  class Outgoing extends ServerResponse<Incoming> {}
  // what Express itself does for an app: its methods behind one object that also knows the app
  Object.setPrototypeOf(Incoming.prototype, express.request);
  Object.setPrototypeOf(Outgoing.prototype, express.response);
  app.request = Object.assign(Incoming.prototype, { app }) as unknown as Express['request'];
  app.response = Object.assign(Outgoing.prototype, { app }) as unknown as Express['response'];
  return createServer({ ...options, IncomingMessage: Incoming, ServerResponse: Outgoing }, app);
};
