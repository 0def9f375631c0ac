import { CommandId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { fingerprint, idempotencyKeyOf } from '@tiketi/shared-kernel/service/idempotency.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import type { Request } from 'express';
import { v4, v5 } from 'uuid';

const NAMESPACE = '2d1f7a51-6a8e-4f0b-a6f5-3c5b1f6a9e42';

export type CommandRequest = {
  readonly by: UserId;
  /** For what the command makes: the same for the same person, scope and Idempotency-Key, else a fresh one. */
  readonly newId: string;
  readonly context: CommandContext;
};

/**
 * Who asks, under which ids. The command id also covers the body, so a key used again for something else reaches the decision,
 * which refuses it, instead of being taken for a repeat. 400 IDEMPOTENCY_KEY_INVALID; 401 UNAUTHENTICATED.
 */
export const commandRequest = (req: Request, scope: string): CommandRequest => {
  const { userId } = principalOf(req);
  const key = req.headers['idempotency-key'] === undefined ? undefined : idempotencyKeyOf(req);
  const newId = key === undefined ? v4() : v5(JSON.stringify([scope, userId, key]), NAMESPACE);
  const print = fingerprint(req.method, req.path, req.body);
  const correlation = correlationId(req);
  return {
    by: userId,
    newId,
    context: {
      commandId: CommandId.parse(v5(print, newId)),
      correlationId: correlation,
      causationId: correlation,
      actor: { id: userId, role: 'admin' },
      fingerprint: print,
    },
  };
};
