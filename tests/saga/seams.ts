import type { Life } from './lives.js';
import type { Turns } from './turns.js';

/**
 * What befalls an effect: its process dies before it or after it, it is done and nobody hears of it, or what was about to do it stalls
 * for longer than any lease and any deadline of a payment, while all others go on.
 */
export type Blow = 'dies-before' | 'dies-after' | 'lost' | 'stalls';

export type EffectKind = 'append' | 'provider' | 'call' | 'rows' | 'claim' | 'settle' | 'account';

/** The n-th effect of the whole world, counted from 0, and what befalls it. */
export type Blows = ReadonlyMap<number, Blow>;

export type Around = <T>(kind: EffectKind, run: () => Promise<T>, lost?: () => T) => Promise<T>;

const STALL_MS = 100_000;

const forever = (): Promise<never> => new Promise(() => undefined);

/** Every side effect of every process goes through here: in its turn, numbered, and struck where it is to be. */
export const createSeams = (turns: Turns, blows: Blows) => {
  const kinds: EffectKind[] = [];
  const struck: string[] = [];

  const around =
    (life: Life): Around =>
    async (kind, run, lost) => {
      await turns.turn();
      // a dead process does nothing more, and nobody hears from it
      if (!life.alive()) return forever();
      const blow = blows.get(kinds.length);
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
      return blow === 'lost' && lost !== undefined ? lost() : result;
    };

  return { around, kinds: (): readonly EffectKind[] => kinds, struck: (): readonly string[] => struck };
};

export type Seams = ReturnType<typeof createSeams>;
