import { isDeepStrictEqual } from 'node:util';
import type { RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Show } from './show.js';

export type SetRefundPolicy = {
  readonly showId: ShowId;
  readonly policy: Omit<RefundPolicy, 'version'>;
  readonly by: UserId;
  readonly now: Instant;
};

export type SetRefundPolicyRefusal = 'SHOW_NOT_FOUND' | 'SHOW_CANCELLED';

/** The next version of the show's policy; reservations made before keep the version they were made under. */
export const setRefundPolicy =
  (command: SetRefundPolicy) =>
  (state: Show): Decision<ShowEvent, SetRefundPolicyRefusal> => {
    if (state.status === 'unannounced') return { refused: 'SHOW_NOT_FOUND' };
    if (state.status === 'cancelled') return { refused: 'SHOW_CANCELLED' };
    const { version } = state.refundPolicy;
    if (isDeepStrictEqual(state.refundPolicy, { ...command.policy, version })) return { accepted: [] };
    const policy: RefundPolicy = { ...command.policy, version: version + 1 };
    const data = { showId: command.showId, policy, setBy: command.by, setAt: command.now };
    return { accepted: [{ type: 'RefundPolicySet', data }] };
  };
