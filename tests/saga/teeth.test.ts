import { expect, it } from '@jest/globals';
import { played } from './played.js';
import { scenarios } from './scenarios.js';
import type { Sabotage } from './world.js';

/** How long it takes until a fault of the process's own shows: without any crash, or with one at so many effects at most. */
const firstFault = async (name: string, sabotage: Sabotage): Promise<string | undefined> => {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario is called ${name}`);
  for (const stubborn of [false, true]) {
    const calm = await played(scenario, stubborn, { sabotage });
    if (calm.faults.length > 0) return calm.faults[0];
    for (const at of calm.effects.keys()) {
      const { faults } = await played(scenario, stubborn, { sabotage, blows: new Map([[at, 'dies-before']]) });
      if (faults.length > 0) return faults[0];
    }
  }
  return undefined;
};

it.each([
  ['expire', 'nobody confirms'],
  ['abandon', 'points and a card'],
  ['resolve', 'points and a card'],
  ['confirm', 'points and a card'],
  ['fail-payment', 'points and a declined card'],
  ['sell', 'a card'],
  ['capture-points', 'points alone'],
  ['release', 'nobody confirms'],
  ['await-deposit', 'a virtual account, paid'],
  ['close-deposit', 'a virtual account, overdue'],
  ['close-order', 'the show is called off while a transfer is awaited'],
  ['refund-order', 'given up eight days before: less a fee'],
  ['refund', 'the show is called off while a card is being charged'],
  ['cancel-sales', 'the show is called off while a booking is confirmed'],
  ['cancel-for-show', 'the show is called off while a booking is confirmed'],
])('a process that forgets to %s is found out by: %s', async (forgets, scenario) => {
  expect(await firstFault(scenario, { forgets })).toBeDefined();
});

it.each(['points and a card', 'given up eight days before: less a fee'])(
  'a process that crosses its wishes off before it runs them is found out by: %s',
  async (scenario) => {
    expect(await firstFault(scenario, 'settles-first')).toBeDefined();
  },
);
