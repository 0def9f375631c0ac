import { setTimeout as pause } from 'node:timers/promises';
import type { EventLog } from './event-log.js';

const BYTES_PER_SECOND = 16 * 1024 * 1024;
const BURST = 1024 * 1024;

/** Reads what opening did not read, slowly, so that damage there is found before anybody needs what it took. */
export class Scrub {
  verified = 0;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  /** `until` is the position to verify up to. The log itself takes note of damage. */
  constructor(
    private readonly log: EventLog,
    readonly until: number,
    private readonly bytesPerSecond: number = BYTES_PER_SECOND,
  ) {
    this.running = this.run().catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let burst = 0;
    for (let index = 0; index < this.log.chunkCount && this.verified < this.until; index += 1) {
      if (burst >= BURST) {
        await pause((burst / this.bytesPerSecond) * 1000, undefined, { signal: this.stopping.signal, ref: false });
        burst = 0;
      }
      if (this.stopping.signal.aborted) return;
      await this.log.verify(index).catch(() => undefined);
      const end = Math.min(this.until, this.log.chunkEnd(index));
      burst += end - this.verified;
      this.verified = end;
    }
  }
}
