/**
 * A signal that aborts after `ms`, and what takes that back. `AbortSignal.timeout` cannot be taken back: each keeps its timer until it would
 * have rung, which at hundreds of calls a second with a minute to spare is tens of thousands of them.
 */
export const timeLimit = (ms: number): { readonly signal: AbortSignal; readonly lift: () => void } => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError')), ms);
  return { signal: controller.signal, lift: () => clearTimeout(timer) };
};
