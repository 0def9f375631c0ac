import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import { createServiceClient, type ServiceClient, ServiceProblem } from '@tiketi/shared-kernel/service/service-client.js';
import type { InventoryOutcome } from '../inventory/inventories.js';
import { errorOf } from './failures.js';
import type { Replica } from './rendezvous.js';
import { type Answer, Answers, answerOf, COMMANDS_PATH, type Forwarded, MOST_AT_ONCE } from './wire.js';

/** The owner gave no answer that can be used; it may have done what was asked. */
export class OwnerSilent extends Error {
  override readonly name = 'OwnerSilent';
  constructor(
    message: string,
    /** It did not answer at all, so neither will it the next. */
    readonly away: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

export type Forward = {
  /**
   * The owner's answer. Throws OwnerSilent, what the event store did to the command there (OutcomeUnknownError,
   * StoreUnavailableError, StoreRefusedError), or ProblemError where the owner has too much to do.
   */
  readonly send: (to: Replica, asked: Forwarded) => Promise<InventoryOutcome>;
  readonly close: () => Promise<void>;
};

type Waiting = {
  readonly asked: Forwarded;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

/** While the owner appends one lot, the next is there already to go into its next append. */
const LOTS_IN_FLIGHT = 2;

/** The commands for one performance, on their way to one owner. */
type Lane = { readonly to: Replica; readonly waiting: Waiting[]; inFlight: number; due: boolean };

/**
 * Sends commands to their owners. Those for one performance share a writer there, so they share requests: what comes up in one turn of
 * the event loop, or while enough is in flight, goes together. Nobody waits for another performance.
 */
export const createForward = (o: { readonly token: string; readonly timeoutMs: number }): Forward => {
  const clients = new Map<string, ServiceClient>();
  const lanes = new Map<string, Lane>();

  const clientOf = (baseUrl: string): ServiceClient => {
    const client = clients.get(baseUrl) ?? createServiceClient({ baseUrl, token: o.token, timeoutMs: o.timeoutMs });
    clients.set(baseUrl, client);
    return client;
  };

  const ask = async ({ to, waiting }: Lane, lot: readonly Waiting[]): Promise<void> => {
    try {
      const told = await clientOf(to.baseUrl).post(COMMANDS_PATH, { commands: lot.map(({ asked }) => asked) });
      const parsed = Answers.safeParse(told);
      if (parsed.data?.answers.length !== lot.length) throw new OwnerSilent(`${to.id} answers in other terms`, false);
      for (const [n, answer] of parsed.data.answers.entries()) lot[n]?.resolve(answerOf(answer));
    } catch (error) {
      const told = errorToTell(to, error);
      // whoever waits for the answer of one that is away would only wait as long once more
      const behind = told instanceof OwnerSilent && told.away ? waiting.splice(0) : [];
      for (const { reject } of [...lot, ...behind]) reject(told);
    }
  };

  const sendDue = (key: string, lane: Lane) => {
    lane.due = false;
    while (lane.inFlight < LOTS_IN_FLIGHT && lane.waiting.length > 0) {
      lane.inFlight += 1;
      void ask(lane, lane.waiting.splice(0, MOST_AT_ONCE)).then(() => {
        lane.inFlight -= 1;
        sendDue(key, lane);
      });
    }
    if (lane.inFlight === 0) lanes.delete(key);
  };

  const laneOf = (key: string, to: Replica): Lane => {
    const lane = lanes.get(key) ?? { to, waiting: [], inFlight: 0, due: false };
    lanes.set(key, lane);
    return lane;
  };

  return {
    send: async (to, asked) => {
      const answer = await new Promise<Answer>((resolve, reject) => {
        const key = `${to.id} ${asked.performanceId}`;
        const lane = laneOf(key, to);
        lane.waiting.push({ asked, resolve, reject });
        if (lane.due || lane.inFlight >= LOTS_IN_FLIGHT) return;
        lane.due = true;
        setImmediate(sendDue, key, lane);
      });
      if (answer.kind !== 'failed') return answer;
      throw errorOf(answer.failure, answer.message) ?? new OwnerSilent(`${to.id} failed: ${answer.message}`, false);
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
};

const BUSY: ReadonlySet<number> = new Set([429, 503]);

/** The owner had too much to do: what was asked may be asked again, and was not done. */
export const isBusy = (error: unknown): boolean => error instanceof ProblemError && BUSY.has(error.status);

/** Too much to do is the caller's answer too: deciding here would only be more to do. Any other refusal says nothing of the command. */
const errorToTell = (to: Replica, error: unknown): unknown => {
  if (error instanceof OwnerSilent) return error;
  if (!(error instanceof ServiceProblem)) return new OwnerSilent(`${to.id} does not answer`, true, error);
  if (BUSY.has(error.status)) return new ProblemError(error.status, error.code, { headers: { 'retry-after': '1' } });
  return new OwnerSilent(`${to.id} says ${error.status} ${error.code}`, false, error);
};
