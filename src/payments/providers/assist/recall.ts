/** What a cancel, a refund, a follow and a repeat must know of the payment they belong to. */
import type { Recalled } from '../../driver.ts';
import { ALL_MEANS, type Means } from './settings.ts';

export interface AssistRecalled extends Recalled {
  email: string;
  /** Null = it was never chosen. */
  means: Means | null;
  /** Cash that was taken without a link: when. The server may not have heard of it. */
  offlineSinceMs: number | null;
  /** False = no report of that cash can have arrived yet. */
  mayBeTold: boolean;
}

export function recall(state: unknown, version: number): AssistRecalled {
  const machine = version <= 1 && isRecord(state) ? state : {};
  return {
    providerPaymentId: typeof machine.paymentId === 'string' ? machine.paymentId : null,
    isReversal: machine.kind === 'reversal',
    email: typeof machine.email === 'string' ? machine.email : '',
    means: ALL_MEANS.find((means) => means === machine.means) ?? null,
    offlineSinceMs: typeof machine.offlineSinceMs === 'number' ? machine.offlineSinceMs : null,
    mayBeTold: machine.mayBeTold !== false,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
