/** For how long one that did not answer is left alone. */
const LEFT_ALONE_MS = 2000;

/** Which owners do not answer, so that a dead one costs one time-out and not one for each command. */
export type Away = {
  /** Whether to ask it now. After a while one caller is let through to try, whose `told` decides for the others. */
  readonly mayAsk: (id: string) => boolean;
  readonly told: (id: string, answered: boolean) => void;
};

export const createAway = (clock: () => number = () => performance.now(), leftAloneMs = LEFT_ALONE_MS): Away => {
  const until = new Map<string, number>();
  return {
    mayAsk: (id) => {
      const end = until.get(id);
      if (end === undefined) return true;
      if (clock() < end) return false;
      until.set(id, clock() + leftAloneMs);
      return true;
    },
    told: (id, answered) => {
      if (answered) until.delete(id);
      else until.set(id, clock() + leftAloneMs);
    },
  };
};
