import type { Effect, EffectHandler } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import type { Asking } from '../../orders.js';
import type { ChargeSettlement } from '../charge-settlement.js';
import { type ChargeEffectKind, ChargeEffectPayload } from './routing.js';

type Ports = {
  readonly settlement: Pick<ChargeSettlement, 'resolve' | 'credit'>;
  readonly clock: () => number;
  /** How long a charge whose outcome is still open is left before it is asked for again. */
  readonly askAgainMs: number;
};

/** What stays open is asked for less and less often, down to once a minute. */
const LONGEST_ASK_AGAIN_MS = 60_000;

const askingOf = ({ causationId }: Pick<Effect, 'causationId'>): Asking => ({
  causationId,
  actor: { id: 'point-charges', role: 'service' },
});

/** Runs what the process of point charges wants done. */
export const chargeEffectHandlers = ({ settlement, clock, askAgainMs }: Ports): Record<ChargeEffectKind, EffectHandler> => ({
  'resolve-charge': async (effect) => {
    const { orderId } = ChargeEffectPayload.parse(effect.payload);
    if ((await settlement.resolve(orderId, askingOf(effect))) === 'known') return 'done';
    const wait = Math.min(LONGEST_ASK_AGAIN_MS, askAgainMs * 2 ** Math.min(effect.attempt - 1, 10));
    return { retryAt: new Date(clock() + wait) };
  },
  'credit-points': async (effect) => {
    await settlement.credit(ChargeEffectPayload.parse(effect.payload).orderId, askingOf(effect));
    return 'done';
  },
});

/** Longer than an effect can take: crediting appends once, all else asks the provider, up to four times in a row. */
export const chargeLeaseMs =
  (providerTimeoutMs: number) =>
  (kind: string): number =>
    kind === 'credit-points' ? 12_000 : 4 * providerTimeoutMs + 12_000;
