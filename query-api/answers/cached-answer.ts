import type { PositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import type { Request, Response } from 'express';
import { readModelProblem } from '../database.js';
import { type Answer, sendAnswer } from './answer.js';
import type { AnswerCache } from './answer-cache.js';
import type { HotAnswers } from './hot-answers.js';
import { problemOf } from './problems.js';
import { awaitOwnWrite } from './read-your-write.js';

export type AnswerDeps = {
  readonly cache: AnswerCache<Answer | undefined>;
  readonly hot: HotAnswers;
  readonly wait: PositionWait;
};

type Asked = {
  readonly key: string;
  readonly position: bigint | undefined;
  readonly make: () => Promise<Answer | undefined>;
  readonly missing: 'SHOW_NOT_FOUND' | 'PERFORMANCE_NOT_FOUND' | 'REFUND_POLICY_NOT_FOUND';
};

/** From the cache, or made anew for one who must see their own write. An answer nobody can make is the `missing` problem. */
export const answerCached = async (req: Request, res: Response, deps: AnswerDeps, asked: Asked): Promise<void> => {
  const { cache, hot, wait } = deps;
  const { key, position, make, missing } = asked;
  await awaitOwnWrite(res, wait, position);
  const made = await (position === undefined ? cache.get(key, make) : cache.refresh(key, make)).catch((error: unknown) => {
    throw readModelProblem(error);
  });
  const answer = made.value;
  if (answer === undefined) throw problemOf(missing);
  if (position === undefined) {
    hot.remember(req.originalUrl, { answer, at: made.at, route: String(req.route.path), headers: res.getHeaders() });
    sendAnswer(req, res, answer);
  } else {
    sendAnswer(req, res, { ...answer, cacheControl: 'no-store' });
  }
};
