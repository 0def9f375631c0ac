/** Only what can be traced to the store's client, whose own bookkeeping rejects promises nobody holds. */
export const isOfTheClient = (reason: unknown): boolean =>
  reason instanceof Error && /[\\/]@(eventstore[\\/]db-client|grpc[\\/]grpc-js)[\\/]/.test(reason.stack ?? '');

let users = 0;
let report: (reason: unknown) => void = () => undefined;

const onStray = (reason: unknown) => {
  if (isOfTheClient(reason)) report(reason);
  // alone here, we stand for Node's default, which is to end the process
  else if (process.listenerCount('unhandledRejection') === 1) throw reason;
};

/** While in force no stray rejection of the store's client ends the process; all others keep their meaning. */
export const tolerateStrayRejections = (onReport: (reason: unknown) => void): (() => void) => {
  users += 1;
  report = onReport;
  if (users === 1) process.on('unhandledRejection', onStray);
  let done = false;
  return () => {
    if (done) return;
    done = true;
    users -= 1;
    if (users === 0) process.off('unhandledRejection', onStray);
  };
};
