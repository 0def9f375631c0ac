import { judge } from './judge.js';
import type { Scenario } from './scenarios.js';
import type { EffectKind } from './seams.js';
import { createWorld, type WorldOptions } from './world.js';

export type Ending = {
  readonly faults: readonly string[];
  /** All there were, in their order. */
  readonly effects: readonly EffectKind[];
};

/** A story told to its end, and judged. For people who repeat what got no answer it must end as it is meant to, whatever happens. */
export const played = async (
  { options, play, shows, tight }: Scenario,
  stubborn: boolean,
  more: WorldOptions = {},
): Promise<Ending> => {
  const world = createWorld({ ...options, ...more });
  const faultsOf = async (): Promise<readonly string[]> => {
    try {
      await world.play(() => play(world, stubborn));
      return judge(world);
    } catch (error) {
      return [String(error)];
    } finally {
      await world.close();
    }
  };
  const faults = await faultsOf();
  const types = new Set(world.store.log.events.map(({ type }) => type));
  const promised = stubborn && (tight === undefined || more.blows === undefined);
  const missing = promised ? shows.filter((type) => !types.has(type)) : [];
  return { faults: [...faults, ...missing.map((type) => `there is no ${type}`)], effects: world.seams.kinds() };
};
