import { requireService } from '@tiketi/shared-kernel/service/authenticate.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { parseBody } from '@tiketi/shared-kernel/service/validate.js';
import type { Router } from 'express';
import type { Inventories } from '../inventory/inventories.js';
import { failureOf } from './failures.js';
import { type Answer, COMMANDS_PATH, contextOf, ForwardedCommands } from './wire.js';

export type CommandPorts = {
  /** This replica's own: what was sent here is decided here, whoever its owner may be by now. */
  readonly ownInventories: Inventories;
  readonly serviceToken: string;
  readonly logger: Logger;
};

/** Takes commands from other replicas. */
export const commandRoute =
  ({ ownInventories, serviceToken, logger }: CommandPorts) =>
  (router: Router): void => {
    router.post(COMMANDS_PATH, requireService(serviceToken), async (req, res) => {
      const { commands } = parseBody(ForwardedCommands, req);
      const answers = await Promise.all(
        commands.map(async ({ performanceId, command, context }): Promise<Answer> => {
          try {
            return await ownInventories.run(performanceId, command, contextOf(context));
          } catch (error) {
            const failure = failureOf(error);
            if (failure === 'Fault') logger.error({ err: error, correlationId: context.correlationId }, 'a command failed');
            return { kind: 'failed', failure, message: error instanceof Error ? error.message : String(error) };
          }
        }),
      );
      res.json({ answers });
    });
  };
