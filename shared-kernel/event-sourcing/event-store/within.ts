/** `late` where the promise takes longer; a timer that runs late because this process was held up is not taken for the server's silence. */
export const within = <T>(ms: number, promise: Promise<T>): Promise<T | 'late'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => setImmediate(() => setImmediate(() => resolve('late'))), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
