/** Lets one waiter sleep until something may have changed; a wake that comes before the sleep is not lost. */
export class Wakeup {
  private woken = false;
  private resume: (() => void) | undefined;

  readonly wake = (): void => {
    this.woken = true;
    this.resume?.();
  };

  async sleep(): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        this.resume = resolve;
      });
    }
    this.resume = undefined;
    this.woken = false;
  }
}
