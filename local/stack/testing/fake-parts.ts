import path from 'node:path';
import { repositoryRoot } from '../../parts/repository.js';
import { nodePart } from '../node-part.js';
import type { PartPlan } from '../part.js';

export type FakePart = { name: string; after?: readonly string[]; behaviour?: 'ends at once' | 'deaf' };

/** Rows that can stand in for the real ones; what they do is noted in the diary file, one `<what> <name>` a line. */
export function fakeParts(diary: string, parts: readonly FakePart[]): PartPlan[] {
  return parts.map(({ name, after = [], behaviour }) =>
    nodePart({
      name,
      after,
      label: `fake ${name}`,
      nature: 'simulated',
      file: path.join(repositoryRoot(), 'local/stack/testing/fake-part.mjs'),
      health: '/ready',
      deadline: 20_000,
      env: (context) => ({ PORT: String(context.port(name)), NAME: name, DIARY: diary, BEHAVIOUR: behaviour }),
    }),
  );
}

/** Three parts, one upon the other; the supervisor needs one called `event-store` and one called `edge`. */
export const THREE: readonly FakePart[] = [
  { name: 'event-store' },
  { name: 'service', after: ['event-store'] },
  { name: 'edge', after: ['service'] },
];
