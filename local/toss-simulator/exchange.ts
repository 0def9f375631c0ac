import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { authenticationRefusal } from './authentication.js';
import { errorReply, languageOf } from './errors.js';
import type { Fault } from './faults.js';
import type { Payment } from './payment.js';
import { record, type Simulation } from './simulation.js';

export type Reply = { status: number; body: string };
/** Decides synchronously, so two requests can never both find a payment uncharged. */
export type Operation = (request: Request) => Reply & { payment?: Payment | undefined };

const MAX_KEY_LENGTH = 300;
const NOT_REMEMBERED: ReadonlySet<number> = new Set([401, 409, 429]);

/** Refuses a request whose Authorization header does not carry the secret key, or that is one too many in its minute. */
export const authenticate =
  (simulation: Simulation): RequestHandler =>
  (request, response, next) => {
    const { keys, rateLimit, settings } = simulation;
    const refusal =
      authenticationRefusal(request.headers.authorization, keys) ??
      (rateLimit.allows(keys.secretKey, settings.requestsPerMinute) ? undefined : 'TOO_MANY_REQUESTS');
    if (refusal === undefined) return next();
    send(response, errorReply(refusal, languageOf(request.headers['accept-language'])));
  };

/** A read: it answers only what is on disk, so no crash can take back what somebody was told. */
export const reading = (simulation: Simulation, operation: Operation): RequestHandler => {
  return exchange(simulation, async (request, fault) => {
    const scripted = scriptedReply(request, fault) ?? testCodeReply(simulation, request);
    if (scripted !== undefined) return scripted;
    const reply = operation(request);
    await simulation.ledger.flushed();
    return reply;
  });
};

/**
 * A write under the rules of `Idempotency-Key`. A key is bound to API key, method and URL, never to the body. The first answer is
 * repeated byte by byte, a 4xx too; while the first request is under way the key gets 409. What was not processed (401, 409, 429, 5xx) is not remembered.
 */
export const writing = (simulation: Simulation, operation: Operation): RequestHandler => {
  const underWay = new Set<string>();
  return exchange(simulation, async (request, fault) => {
    const key = request.get('idempotency-key');
    const language = languageOf(request.headers['accept-language']);
    if (key === undefined) return perform(simulation, request, operation, fault, undefined);
    if (key.length > MAX_KEY_LENGTH) return errorReply('INVALID_IDEMPOTENCY_KEY', language);
    const identity = identityOf(request, key);
    const stored = simulation.ledger.reply(identity);
    if (underWay.has(identity)) return errorReply('IDEMPOTENT_REQUEST_PROCESSING', language);
    if (stored !== undefined) return stored;
    underWay.add(identity);
    try {
      return await perform(simulation, request, operation, fault, identity);
    } finally {
      underWay.delete(identity);
    }
  });
};

async function perform(
  simulation: Simulation,
  request: Request,
  operation: Operation,
  fault: Fault | undefined,
  identity: string | undefined,
): Promise<Reply> {
  await pause(simulation, fault?.delayMs);
  const { payment, ...reply } = scriptedReply(request, fault) ?? testCodeReply(simulation, request) ?? operation(request);
  const remembered = identity !== undefined && reply.status < 500 && !NOT_REMEMBERED.has(reply.status);
  const stored = remembered ? { identity, ...reply, at: simulation.now() } : undefined;
  if (payment !== undefined || stored !== undefined) await record(simulation, { payment, reply: stored });
  return reply;
}

type Answering = (request: Request, fault: Fault | undefined) => Promise<Reply>;

function exchange(simulation: Simulation, answer: Answering): RequestHandler {
  return async (request, response) => {
    const path = request.baseUrl + request.path;
    const fault = simulation.faults.take({ method: request.method, path, orderId: orderIdOf(simulation, request) });
    if (fault?.dropBefore) return void request.socket.destroy();
    const stuck = fault?.hang === true;
    // express leaves the connection open until the caller or the simulator goes
    if (stuck && fault.afterSuccess !== true) return;
    if (request.method === 'GET') await pause(simulation, fault?.delayMs);
    const reply = await answer(request, fault);
    await pause(simulation, fault?.delayReplyMs);
    if (stuck) return;
    if (fault?.dropReplyAfterSuccess) return void request.socket.destroy();
    const instead = fault?.afterSuccess === true && fault.status !== undefined;
    send(response, instead ? errorReply(codeOf(fault), languageOf(request.headers['accept-language']), fault.status) : reply);
  };
}

const codeOf = (fault: Fault): string => fault.code ?? 'FAILED_INTERNAL_SYSTEM_PROCESSING';

type Performed = ReturnType<Operation>;

function scriptedReply(request: Request, fault: Fault | undefined): Performed | undefined {
  if (fault === undefined || fault.afterSuccess === true || (fault.status === undefined && fault.code === undefined))
    return undefined;
  return errorReply(codeOf(fault), languageOf(request.headers['accept-language']), fault.status);
}

function testCodeReply(simulation: Simulation, request: Request): Performed | undefined {
  // a live key does not listen to it
  const code = simulation.keys.secretKey.startsWith('live_') ? undefined : request.get('tosspayments-test-code');
  return code === undefined ? undefined : errorReply(code, languageOf(request.headers['accept-language']));
}

async function pause(simulation: Simulation, ms: number | undefined): Promise<void> {
  if (ms !== undefined && ms > 0) await sleep(ms, undefined, { signal: simulation.closing });
}

const identityOf = (request: Request, key: string): string =>
  createHash('sha256').update([key, request.headers.authorization, request.method, request.originalUrl].join('\n')).digest('hex');

function orderIdOf(simulation: Simulation, request: Request): string | undefined {
  const { orderId, paymentKey } = request.params;
  if (typeof orderId === 'string') return orderId;
  if (typeof paymentKey === 'string') return simulation.ledger.payment(paymentKey)?.orderId;
  const body: unknown = request.body;
  const named = typeof body === 'object' && body !== null && 'orderId' in body ? body.orderId : undefined;
  return typeof named === 'string' ? named : undefined;
}

function send(response: Response, reply: Reply): void {
  response.status(reply.status).type('application/json').send(reply.body);
}
