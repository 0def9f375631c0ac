import { randomUUID } from 'node:crypto';
import { until } from '@tiketi/local/parts/until.js';
import type { LayoutSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { z } from 'zod';
import type { TrialStack } from './trial-stack.js';

const Made = z.object({ id: z.string() });
const text = (en: string) => ({ ko: `시험 ${en}`, en });
const DAY_MS = 86_400_000;

export type HallRules = {
  /** General admission beside the seats; a hall of no sections has nothing else. */
  readonly ticketTypes?: readonly { readonly name: string; readonly price: number; readonly quantity: number }[];
  readonly holdSeconds?: number;
  readonly maxSeatsPerReservation?: number;
  readonly maxSeatsPerBuyer?: number;
};

/** A show on sale with one performance in a hall of these sections, made through the public API; resolves once seats can be held. */
export const openHall = async (
  stack: TrialStack,
  sections: readonly Omit<LayoutSection, 'grade'>[],
  { ticketTypes = [], ...rules }: HallRules = {},
): Promise<PerformanceId> => {
  const site = stack.running().edgeUrl;
  const post = async (path: string, body: unknown): Promise<string> => {
    const answer = await fetch(new URL(path, site), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${stack.admin.token}`,
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return Made.parse(await answer.json()).id;
  };

  const now = Date.now();
  const layout = { name: 'hall', sections: sections.map((s) => ({ ...s, grade: 'R' })) };
  const seated =
    sections.length === 0
      ? {}
      : { seatLayoutId: await post('/api/seat-layouts', layout), prices: [{ grade: 'R', price: 50_000 }] };
  const names = {
    title: text('show'),
    description: text('a show'),
    artistName: text('artist'),
    venue: text('hall'),
    address: text('street'),
  };
  const sale = { saleStartDate: instantOf(now - 1000), saleEndDate: instantOf(now + DAY_MS) };
  const showId = await post('/api/events', { ...names, ...sale, category: 'concert', ...rules });
  const startsAt = instantOf(now + 2 * DAY_MS);
  const performanceId = PerformanceId.parse(
    await post(`/api/events/${showId}/performances`, { startsAt, ...seated, ticketTypes }),
  );
  await until(() => isOpen(stack, performanceId), { deadline: 20_000, what: 'the inventory to open' });
  return performanceId;
};

const Code = z.object({ code: z.string() });

/** Asks for a seat that is not there: an inventory that is open says so, one that is not says that there is no performance. */
const isOpen = async (stack: TrialStack, performanceId: PerformanceId): Promise<boolean> => {
  const answer = await fetch(new URL('/api/reservations', stack.running().edgeUrl), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${stack.admin.token}`,
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ performanceId, seatIds: ['nowhere-1-1'] }),
  });
  return Code.parse(await answer.json()).code === 'SEAT_NOT_FOUND';
};
