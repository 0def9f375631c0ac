import { createHash } from 'node:crypto';

/** A running replica of this service and where the others reach it. */
export type Replica = { readonly id: string; readonly baseUrl: string };

const weightOf = (replica: Replica, key: string): number =>
  createHash('sha256').update(`${replica.id} ${key}`).digest().readUIntBE(0, 6);

/**
 * The replica that owns a key: every replica finds the same one from the same list, in whatever order; when one comes or goes, only
 * the keys it gains or had change hands. Undefined for an empty list.
 */
export const ownerAmong = (replicas: readonly Replica[], key: string): Replica | undefined => {
  let owner: Replica | undefined;
  let most = -1;
  for (const replica of replicas) {
    const weight = weightOf(replica, key);
    if (weight < most || (weight === most && owner !== undefined && owner.id < replica.id)) continue;
    owner = replica;
    most = weight;
  }
  return owner;
};
