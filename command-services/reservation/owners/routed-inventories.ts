import type { Inventories } from '../inventory/inventories.js';
import { type Away, createAway } from './away.js';
import { type Forward, OwnerSilent } from './forward.js';
import type { Membership } from './membership.js';

/** Where a command was decided: by this replica as its owner, by another that owns it, or here although another owns it. */
export type Routed = 'own' | 'forwarded' | 'instead';

type Deps = {
  readonly own: Inventories;
  readonly owners: Pick<Membership, 'ownerOf'>;
  readonly forward: Pick<Forward, 'send'>;
  readonly observe?: (routed: Routed) => void;
  readonly away?: Away;
};

/**
 * Each command is decided by the replica that owns its performance, so that two seldom append to one stream. Where the owner does not
 * answer it is decided here: the expected revision is the fence, and a command the owner did after all is found in the stream by its id.
 */
export const createRoutedInventories = ({ own, owners, forward, observe, away = createAway() }: Deps): Inventories => ({
  run: async (performanceId, command, context) => {
    const decideHere = (routed: Routed) => {
      observe?.(routed);
      return own.run(performanceId, command, context);
    };
    const owner = owners.ownerOf(performanceId);
    if (owner === undefined) return decideHere('own');
    if (!away.mayAsk(owner.id)) return decideHere('instead');
    try {
      const outcome = await forward.send(owner, { performanceId, command, context });
      away.told(owner.id, true);
      observe?.('forwarded');
      return outcome;
    } catch (error) {
      const silent = error instanceof OwnerSilent;
      away.told(owner.id, !silent || !error.away);
      if (!silent) throw error;
      return decideHere('instead');
    }
  },
});
