import type { Life } from './lives.js';
import type { Turns } from './turns.js';

/**
 * What befalls an effect: its process dies before it or after it, it is done and nobody hears of it (or of some of it: its answer is cut),
 * or what was about to do it stalls for longer than any lease and any deadline of a payment, while all others go on.
 */
export type Blow = 'dies-before' | 'dies-after' | 'lost' | 'cut' | 'stalls';

/** A `lot` is a call that asks for several things. */
export type EffectKind = 'append' | 'provider' | 'call' | 'lot' | 'rows' | 'claim' | 'settle' | 'account';

/** The n-th effect of the whole world, counted from 0, and what befalls it; a cut befalls the first lot from there on, since lots are few. */
export type Blows = ReadonlyMap<number, Blow>;

/** `lost` is what is heard instead of a result that did not get through, or not all of it. */
export type Around = <T>(kind: EffectKind, run: () => Promise<T>, lost?: (result: T, blow: 'lost' | 'cut') => T) => Promise<T>;

const STALL_MS = 100_000;

const forever = (): Promise<never> => new Promise(() => undefined);

/** Every side effect of every process goes through here: in its turn, numbered, and struck where it is to be. */
export const createSeams = (turns: Turns, blows: Blows) => {
  const kinds: EffectKind[] = [];
  const struck: string[] = [];
  let cuts = 0;

  const drawn = (kind: EffectKind): Blow | undefined => {
    const blow = blows.get(kinds.length);
    if (blow !== 'cut' && blow !== undefined) return blow;
    if (blow === 'cut') cuts += 1;
    if (kind !== 'lot' || cuts === 0) return undefined;
    cuts -= 1;
    return 'cut';
  };

  const around =
    (life: Life): Around =>
    async (kind, run, lost) => {
      await turns.turn();
      // a dead process does nothing more, and nobody hears from it
      if (!life.alive()) return forever();
      const blow = drawn(kind);
      if (blow !== undefined) struck.push(`${kinds.length} ${kind} ${blow}`);
      kinds.push(kind);
      if (blow === 'dies-before') {
        life.die();
        return forever();
      }
      if (blow === 'stalls') {
        await turns.sleep(STALL_MS);
        if (!life.alive()) return forever();
      }
      const result = await run();
      if (blow === 'dies-after') life.die();
      if (!life.alive()) return forever();
      return (blow === 'lost' || blow === 'cut') && lost !== undefined ? lost(result, blow) : result;
    };

  return { around, kinds: (): readonly EffectKind[] => kinds, struck: (): readonly string[] => struck };
};

export type Seams = ReturnType<typeof createSeams>;
