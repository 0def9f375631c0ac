import type { OutgoingHttpHeaders } from 'node:http';
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
  /** All that the answer hangs on, checks included: a renewal is nothing but this. */
  readonly make: () => Promise<Answer | undefined>;
  readonly missing: 'SHOW_NOT_FOUND' | 'PERFORMANCE_NOT_FOUND' | 'REFUND_POLICY_NOT_FOUND';
};

type Kept = {
  readonly deps: AnswerDeps;
  readonly asked: Asked;
  readonly url: string;
  readonly route: string;
  readonly headers: OutgoingHttpHeaders;
};

const keepHot = (kept: Kept, answer: Answer, at: number): void => {
  const { deps, asked, url, route, headers } = kept;
  const renew = () => {
    deps.cache.renew(asked.key, asked.make, at).then(
      (made) => made.value !== undefined && keepHot(kept, made.value, made.at),
      () => undefined,
    );
  };
  deps.hot.remember(url, { answer, at, route, headers, renew });
};

/** From the cache, or made anew for one who must see their own write. An answer nobody can make is the `missing` problem. */
export const answerCached = async (req: Request, res: Response, deps: AnswerDeps, asked: Asked): Promise<void> => {
  const { cache, wait } = deps;
  const { key, position, make, missing } = asked;
  await awaitOwnWrite(res, wait, position);
  const made = await (position === undefined ? cache.get(key, make) : cache.refresh(key, make)).catch((error: unknown) => {
    throw readModelProblem(error);
  });
  const answer = made.value;
  if (answer === undefined) throw problemOf(missing);
  if (position === undefined) {
    keepHot({ deps, asked, url: req.originalUrl, route: String(req.route.path), headers: res.getHeaders() }, answer, made.at);
    sendAnswer(req, res, answer);
  } else {
    sendAnswer(req, res, { ...answer, cacheControl: 'no-store' });
  }
};
