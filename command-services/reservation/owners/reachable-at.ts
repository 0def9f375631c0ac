const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/** Where the other replicas reach this one; undefined where that cannot be told from where it listens. */
export const reachableAt = (
  { REPLICA_URL: given, HOST: host }: { readonly REPLICA_URL?: string | undefined; readonly HOST: string },
  port: number,
): string | undefined => {
  if (given !== undefined) return given;
  if (EVERY_ADDRESS.has(host)) return undefined;
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
};
