import type { RegisterEvent } from './events.ts';

/** Why a command was not carried out: a number of the message catalogue and its blanks. The state stays as it was. */
export interface Refusal {
  refused: string;
  params: Record<string, string>;
}

export type Decision = { events: RegisterEvent[] } | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return 'refused' in decision;
}

export function refuse(number: string, params: Record<string, string> = {}): Refusal {
  return { refused: number, params };
}
