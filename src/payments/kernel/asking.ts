/** Questions to a payment server: tags that cannot be mistaken, and pauses between repeats. */
import type { Action, HttpRequest } from '../driver.ts';

/** Part of every state that talks to the server. */
export interface Asking {
  /** Counts requests, so that every tag is used once in the life of the machine. */
  asked: number;
  /** Tag of the request in flight; an answer with another tag is late and is left alone. */
  awaiting: string | null;
  /** When it was asked: what a report proves counts from here, not from its arrival. */
  askedAtMs: number;
}

export const NEVER_ASKED: Asking = { asked: 0, awaiting: null, askedAtMs: 0 };

/** @returns the asking after one more request; its `awaiting` is the tag to send */
export function askAs(asking: Asking, name: string, nowMs: number): Asking & { awaiting: string } {
  const asked = asking.asked + 1;
  return { asked, awaiting: `${name}-${asked}`, askedAtMs: nowMs };
}

/** The name of the question that a tag was made for. */
export function questionOf(tag: string): string {
  return tag.replace(/-\d+$/, '');
}

/** A request of the machine; `money` = the provider may move money when it gets this. */
export function send(request: HttpRequest, moves: 'nothing' | 'money' = 'nothing'): Action {
  return { do: 'send', request, moves };
}

/**
 * How long the answer to a question may still come. It is 0 when nothing is awaited, and when it is missed: a step that
 * would have moved money for a payment decided by hand is thrown away (DOM-90), and the answer it was made of with it.
 */
export function missedInMs({ awaiting, askedAtMs }: Asking, nowMs: number, timeoutMs: number): number {
  return awaiting === null ? 0 : Math.max(0, askedAtMs + 2 * timeoutMs - nowMs);
}

/** `firstMs` the plain pause, and never less than it: the server allows no more; `mostMs` the longest. */
export interface Pauses {
  firstMs: number;
  mostMs: number;
}

/**
 * Growing pause between questions that got no answer, with jitter so that the registers of a shop do not ask in step.
 * The jitter comes from the attempt's identity: a machine has no random.
 * @param failures in a row; 0 = the plain pause
 */
export function growingPauseMs(failures: number, { firstMs, mostMs }: Pauses, attemptId: string): number {
  if (failures === 0) return firstMs;
  const pauseMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 16), mostMs);
  const share = 0.85 + 0.15 * fractionOf(`${attemptId}/${failures}`);
  return Math.max(firstMs, Math.round(pauseMs * share));
}

/** FNV-1a of the text as a fraction of 1; mixed once more, because its last characters hardly reach the high bits. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 12)) >>> 0) / 0x1_0000_0000;
}
