import { z } from 'zod';

/**
 * A scripted fault for requests to `/v1`. Everything in `match` must hold; `times` counts down (absent: until deleted).
 * `delayMs` passes before the request is processed, `delayReplyMs` after; `status`/`code` answer instead of processing, or with
 * `afterSuccess` in place of the true answer; the two `drop…` close the connection without an answer; `hang` keeps it open and
 * never answers, with `afterSuccess` once the work is done.
 */
export const FaultRequest = z.strictObject({
  match: z
    .strictObject({ orderId: z.string().optional(), path: z.string().optional(), method: z.enum(['GET', 'POST']).optional() })
    .default({}),
  times: z.int().positive().optional(),
  delayMs: z.int().nonnegative().optional(),
  delayReplyMs: z.int().nonnegative().optional(),
  status: z.int().min(400).max(599).optional(),
  code: z.string().min(1).optional(),
  afterSuccess: z.boolean().optional(),
  dropReplyAfterSuccess: z.boolean().optional(),
  dropBefore: z.boolean().optional(),
  hang: z.boolean().optional(),
});
export type Fault = z.infer<typeof FaultRequest>;

export type FaultScript = {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly Fault[];
  /** The oldest fault that matches, one use of it taken. `path` matches anywhere in the request's path. */
  take(request: { method: string; path: string; orderId: string | undefined }): Fault | undefined;
};

export function createFaultScript(): FaultScript {
  let faults: Fault[] = [];
  return {
    add: (fault) => {
      faults.push({ ...fault });
    },
    clear: () => {
      faults = [];
    },
    list: () => faults,
    take(request) {
      const fault = faults.find(
        ({ match }) =>
          (match.orderId === undefined || match.orderId === request.orderId) &&
          (match.path === undefined || request.path.includes(match.path)) &&
          (match.method === undefined || match.method === request.method),
      );
      if (fault?.times !== undefined) {
        fault.times -= 1;
        if (fault.times === 0) faults = faults.filter((other) => other !== fault);
      }
      return fault;
    },
  };
}
