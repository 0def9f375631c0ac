import { PaymentStep, STEPS_PATH, StepLot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { answerLot, type StepAnswer } from '@tiketi/shared-kernel/service/lots-answer.js';
import { languageOf, problemBody, problemToTell } from '@tiketi/shared-kernel/service/problem-response.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { storeProblemOf } from '@tiketi/shared-kernel/service/store-problems.js';
import { parseBody, parseValue } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, Router } from 'express';
import { z } from 'zod';
import { behindProblemOf } from './behind.js';
import { createSteps, type StepPorts } from './internal-steps.js';

/** `milliseconds` from when the lot was there. */
export type SeenStep = {
  readonly step: string;
  readonly correlationId: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly milliseconds: number;
};

export type LotPorts = StepPorts & { readonly logger: Logger; readonly observeStep: (seen: SeenStep) => void };

/** What can be told of a step that may be no step. */
const Named = z.object({ id: ReservationId });

/** Takes steps of payments together. Each is answered by itself: one that is refused, fails or takes long touches no other. */
export const lotRoute = ({ logger, observeStep, ...ports }: LotPorts): ((router: Router) => void) => {
  const run = createSteps(ports);

  const carryOut = async (req: Request, given: unknown): Promise<StepAnswer> => {
    const begun = performance.now();
    const asked = PaymentStep.safeParse(given).data;
    const id = asked?.id ?? Named.safeParse(given).data?.id ?? correlationId(req);
    const seen = (status: number, code?: string): void => {
      const milliseconds = Math.round((performance.now() - begun) * 10) / 10;
      // what no release knows is no label: there could be any number of them
      observeStep({ step: asked?.step ?? 'unknown', correlationId: id, status, code, milliseconds });
    };
    try {
      const body = await run(parseValue(PaymentStep, given));
      seen(200);
      return { status: 200, body };
    } catch (error) {
      const problem = problemToTell(behindProblemOf(storeProblemOf(error)), logger, id);
      seen(problem.status, problem.code);
      return { status: problem.status, body: problemBody(problem, languageOf(req), id) };
    }
  };

  return (router) => {
    router.post(STEPS_PATH, async (req, res) => {
      // what cannot be stored is looked for in each step: in one of them it is no other's fault
      const { steps } = StepLot.safeParse(req.body).data ?? parseBody(StepLot, req);
      answerLot(
        res,
        steps.map((step) => carryOut(req, step)),
      );
    });
  };
};
