import { describe, expect, it } from '@jest/globals';
import { played } from './played.js';
import { scenarios } from './scenarios.js';
import type { Blow, EffectKind } from './seams.js';

const DEEP = process.env.TIKETI_DEEP === '1';

/** What is written to a service's own tables is done or not done; of these the answer may get lost. */
const ANSWERED: ReadonlySet<EffectKind> = new Set(['append', 'provider', 'call', 'lot']);

/** A death after every single effect and a cut of every lot are tried always; of each other blow a sixth, each its own, but for deep runs. */
const isTried = (blow: Blow, at: number, kind: EffectKind): boolean => {
  if (blow === 'lost' && !ANSWERED.has(kind)) return false;
  if (blow === 'cut') return kind === 'lot';
  return DEEP || blow === 'dies-after' || at % 6 === { 'dies-before': 0, lost: 2, stalls: 4 }[blow];
};

/** Who gets an answer too late may be too late: only of blows that repeating mends can it be asked that the story ends as meant. */
const kindsOfBuyers = (blow: Blow, at: number): readonly boolean[] => {
  if (blow === 'stalls') return [false];
  return DEEP ? [false, true] : [at % 2 === 0];
};

it('lots of several steps are among what is struck', async () => {
  const crowd = scenarios.find(({ name }) => name === 'three buyers pay at once, one of them too late');
  expect(crowd && (await played(crowd, true)).effects).toContain('lot');
});

describe.each(scenarios)('$name', (scenario) => {
  it('ends as meant where nothing befalls it', async () => {
    for (const stubborn of [false, true]) expect((await played(scenario, stubborn)).faults).toEqual([]);
  });

  it.each<Blow>(['dies-before', 'dies-after', 'lost', 'cut', 'stalls'])(
    'comes right, at whichever effect it %s',
    async (blow) => {
      const broken: string[] = [];
      // before the blow all goes as without it, so these are all the effects there are to strike
      const { effects } = await played(scenario, false);
      for (const [at, kind] of effects.entries()) {
        if (!isTried(blow, at, kind)) continue;
        for (const stubborn of kindsOfBuyers(blow, at)) {
          const { faults } = await played(scenario, stubborn, { blows: new Map([[at, blow]]) });
          for (const fault of faults) broken.push(`effect ${at} (${kind})${stubborn ? ', asked again' : ''}: ${fault}`);
        }
      }
      expect(broken).toEqual([]);
    },
    120_000,
  );
});
