import { ParkedList, ParkedPart, Replay } from '@tiketi/shared-kernel/contracts/http/operations.js';
import { CommandError } from '../command-error.js';
import type { Site } from './site.js';

type Say = (line: string) => void;

const partOf = (name: string): ParkedPart => {
  const part = ParkedPart.safeParse(name);
  if (part.success) return part.data;
  throw new CommandError(`No part is called ${name}: there are ${ParkedPart.options.join(', ')}.`);
};

const told = ({ status, replayed, remaining, reason }: Replay): string => {
  const counts = `${replayed} done, ${remaining} left`;
  if (status === 'done') return counts;
  return status === 'underWay' ? `${counts}: still under way` : `${counts}: ${reason ?? 'set aside again'}`;
};

/** What every part, or one, has set aside: a line to name it by, and why. */
export const listParked = async (site: Site, part: string | undefined, say: Say): Promise<void> => {
  const parts = part === undefined ? ParkedPart.options : [partOf(part)];
  for (const one of parts) {
    const { items, more } = await site.get(`/api/admin/parked/${one}`, ParkedList);
    say(`${one}: ${items.length === 0 ? 'nothing is set aside' : `${items.length}${more ? ' and more' : ''}`}`);
    for (const item of items) {
      const where = item.stream === null ? item.key : `${item.consumer} at ${item.stream}`;
      const waiting = item.waiting === 0 ? '' : `, ${item.waiting} more wait behind it`;
      say(`  ${item.id}`);
      say(`    ${item.type}, ${where}; since ${item.since}, tried ${item.attempts} times${waiting}`);
      say(`    ${item.reason}`);
    }
  }
};

/** Tries one item of a part again, or all of them; answers whether nothing failed. */
export const replayParked = async (site: Site, part: string, id: string | undefined, say: Say): Promise<boolean> => {
  const base = `/api/admin/parked/${partOf(part)}`;
  const replay = await site.post(id === undefined ? `${base}/replay-all` : `${base}/${encodeURIComponent(id)}/replay`, Replay);
  say(told(replay));
  return replay.status !== 'parked';
};
