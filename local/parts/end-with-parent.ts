import { watchParent } from '@tiketi/shared-kernel/service/watch-parent.js';

/** Calls `stop` once the process named by TIKETI_PARENT_PID is gone; without that name, never. */
export function endWithParent(stop: () => void): void {
  const parent = Number(process.env.TIKETI_PARENT_PID ?? 0);
  if (Number.isInteger(parent) && parent > 0) watchParent(parent, stop);
}
