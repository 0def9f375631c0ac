import { z } from 'zod';
import type { TrialStack } from './trial-stack.js';

/** The processes of the reservation service, by the names of their parts. */
export const replicasOf = (stack: TrialStack): string[] =>
  Object.keys(stack.running().run.parts).filter((name) => /^reservation(-\d+)?$/.test(name));

export type RoutedCounts = Readonly<Record<'own' | 'forwarded' | 'instead', number>>;
export type WriterCounts = Readonly<Record<'appended' | 'conflict', number>>;

const readingOf = (metrics: string, name: string, label: string): number => {
  const line = metrics.split('\n').find((text) => text.startsWith(`${name}{`) && text.includes(`"${label}"`));
  return line === undefined ? 0 : z.coerce.number().parse(line.slice(line.lastIndexOf(' ') + 1));
};

/** What a replica has counted since it started. */
export const countsOf = async (stack: TrialStack, part: string): Promise<RoutedCounts & WriterCounts & { replicas: number }> => {
  const text = await (await fetch(new URL('/metrics', stack.urlOf(part)))).text();
  const routed = (way: string) => readingOf(text, 'inventory_commands_total', way);
  const written = (kind: string) => readingOf(text, 'inventory_writer_total', kind);
  return {
    ...{ own: routed('own'), forwarded: routed('forwarded'), instead: routed('instead') },
    ...{ appended: written('appended'), conflict: written('conflict') },
    replicas: readingOf(text, 'reservation_replicas', 'lately'),
  };
};
