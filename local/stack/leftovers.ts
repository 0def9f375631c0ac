import { until } from '../parts/until.js';
import { isSameProcess } from './process-mark.js';
import type { RunInfo } from './run-info.js';

/**
 * Parts of a stack whose supervisor was killed end by themselves within seconds; their data folders are free only then. Waits for
 * that, and kills what is still there after `patience` ms.
 */
export async function endLeftovers(run: RunInfo, patience = 8_000): Promise<void> {
  const left = Object.values(run.parts).flatMap(({ pid, mark }) => (pid === null || mark === null ? [] : [{ pid, mark }]));
  await Promise.all(
    left.map(async ({ pid, mark }) => {
      const gone = async () => !(await isSameProcess(pid, mark));
      await until(gone, { deadline: patience, what: 'a part of the last run to end' }).catch(async () => {
        if (!(await gone())) process.kill(pid, 'SIGKILL');
        await until(gone, { deadline: 5_000, what: `process ${pid} of the last run to end` });
      });
    }),
  );
}
