import { type Clock, systemClock } from '../event-sourcing/clock.js';
import { LotLine } from './lots-line.js';
import { parseJson, problemIn, ServiceUnreachable } from './service-client.js';

export type Lots<S> = {
  /**
   * The body of what the step was answered. Throws ServiceProblem where it was refused, by itself or with its whole lot, and
   * ServiceUnreachable where no answer came or none in time: then it may or may not have been done.
   */
  readonly ask: (step: S) => Promise<unknown>;
};

export type LotsOptions<S> = {
  /** Carries out one lot: resolves when its answer has ended, and has handed on every line until then. */
  readonly send: (steps: readonly S[], hear: (line: string) => void, signal: AbortSignal) => Promise<void>;
  /** Lots begin so far apart (ms), but for those that are full. */
  readonly spacingMs: number;
  /** Steps in a lot. */
  readonly most: number;
  /** How long a step waits for its answer (ms), from when it was asked. */
  readonly timeoutMs: number;
  readonly after?: Clock['after'];
};

type Asked<S> = { readonly step: S; readonly hear: (line: LotLine) => void; readonly fail: (error: unknown) => void };
type Lot<S> = { readonly asked: Asked<S>[]; open: number; timedOut: boolean; readonly over: AbortController };

const emptyLot = <S>(): Lot<S> => ({ asked: [], open: 0, timedOut: false, over: new AbortController() });

/**
 * Sends steps to another service together, for those that nobody waits for by the millisecond. The first after a quiet time goes at once;
 * what comes up within `spacingMs` of a lot goes with the next. Any number of lots may be under way, and none waits for another.
 */
export const createLots = <S>({ send, spacingMs, most, timeoutMs, after = systemClock.after }: LotsOptions<S>): Lots<S> => {
  let gathering = emptyLot<S>();
  let endSpacing: (() => void) | undefined;

  const carryOut = async ({ asked, over }: Lot<S>): Promise<void> => {
    const hear = (line: string): void => {
      const told = LotLine.safeParse(parseJson(line)).data;
      // whom a garbled line was for cannot be known: they will have got no answer
      if (told !== undefined) asked[told.n]?.hear(told);
    };
    const steps = asked.map(({ step }) => step);
    let missed: unknown = new ServiceUnreachable('the answer to the lot does not tell of this step');
    try {
      await send(steps, hear, over.signal);
    } catch (error) {
      missed = error;
    }
    for (const { fail } of asked) fail(missed);
  };

  const begin = (): void => {
    const lot = gathering;
    gathering = emptyLot();
    endSpacing?.();
    endSpacing = after(spacingMs, () => {
      endSpacing = undefined;
      if (gathering.asked.length > 0) begin();
    });
    void carryOut(lot);
  };

  return {
    ask: (step) =>
      new Promise((resolve, reject) => {
        const lot = gathering;
        let open = true;
        const end = (tell: () => void): void => {
          if (!open) return;
          open = false;
          lift();
          tell();
          lot.open -= 1;
          // a lot that has told of everybody ends by itself and leaves its connection to the next
          if (lot.open === 0 && lot.timedOut) lot.over.abort();
        };
        const lift = after(timeoutMs, () => {
          lot.timedOut = true;
          end(() => reject(new ServiceUnreachable(`no answer within ${timeoutMs} ms`)));
        });
        lot.open += 1;
        lot.asked.push({
          step,
          hear: ({ status, body }) => end(() => (status < 400 ? resolve(body) : reject(problemIn(status, body)))),
          fail: (error) => end(() => reject(error)),
        });
        if (endSpacing === undefined || lot.asked.length >= most) begin();
      }),
  };
};
