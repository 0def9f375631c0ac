/** Remembers when the first effect of a batch in hand is due, and says so once the batch is committed. */
export const createAlarm = (wake: (dueAt: Date) => void) => {
  let firstDue: Date | undefined;
  return {
    set: (dueAt: Date): void => {
      if (firstDue === undefined || dueAt < firstDue) firstDue = dueAt;
    },
    /** A batch that was rolled back leaves its time behind: the next one wakes the worker too early, which costs a look. */
    ring: (): void => {
      if (firstDue !== undefined) wake(firstDue);
      firstDue = undefined;
    },
  };
};
