import { describe, expect, it } from 'vitest';
import { createKeyGate } from '../../../src/app/key-gate.ts';
import type { Message } from '../../../src/app/state.ts';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import type { Context } from '../../../src/ui/context.ts';
import { shopClock } from '../../shop-clock.ts';

const NUMBER = { field: { accepts: 'decimal', maxLength: 12 }, scan: 'refuse' } as const;

/** A clock that can be held up: time passes, and no timer rings until the keys that waited have been read. */
class BusyClock extends VirtualClock {
  #stoodMs = 0;

  override now(): number {
    return super.now() + this.#stoodMs;
  }

  stall(byMs: number): void {
    this.#stoodMs += byMs;
  }

  /** The timers ring after all, late. */
  goOn(): void {
    const stoodMs = this.#stoodMs;
    this.#stoodMs = 0;
    this.advance(stoodMs);
  }
}

function gateOn(top: Pick<Context, 'field' | 'scan'>) {
  const clock = new BusyClock(0);
  const posted: Message[] = [];
  const gate = createKeyGate({
    wedge: { enabled: true, prefix: null },
    clock: shopClock(clock),
    top: () => top,
    picture: { isMissed: () => false },
    post: (message) => posted.push(message),
  });
  const take = (key: string) => {
    if (key === '\r') gate.take('enter', null);
    else if (key.length > 1) gate.take(key, null);
    else gate.take(key.toLowerCase(), key);
  };
  return {
    clock,
    /** Keys read at an even pace; 0 = in one piece. */
    type(keys: string | readonly string[], gapMs: number) {
      for (const key of keys) {
        take(key);
        clock.advance(gapMs);
      }
    },
    /** What the register got: typed characters, `scan:...`, the number of a fault. */
    got() {
      clock.advance(1000);
      return posted.map((message) => {
        if (message.type === 'key') return message.text ?? message.name;
        if (message.type === 'scan') return `scan:${message.code}`;
        return message.type === 'scanFault' ? message.number : message.type;
      });
    },
  };
}

describe('a program that is held up', () => {
  // The keys wait in the kernel and are read in one piece: they look like a scanner's.
  it('loses nothing of what a hand typed meanwhile', () => {
    const { clock, type, got } = gateOn(NUMBER);
    type('5', 100);
    clock.stall(250);
    type(['0', '0', '\r'], 0);
    clock.goOn();
    expect(got()).toEqual(['5', '0', '0', 'enter']);
  });

  it('still knows the code that came meanwhile', () => {
    const { clock, type, got } = gateOn({ field: NUMBER.field, scan: 'accept' });
    type('5', 100);
    clock.stall(350);
    type('4810000000018\r', 0);
    clock.goOn();
    expect(got()).toEqual(['5', 'scan:4810000000018']);
  });
});

describe('a number at a scanner’s speed', () => {
  it.each([
    ['a sum', NUMBER, '200', ['DEV-05']],
    ['a row of a list', { field: { accepts: 'digits', maxLength: 3 }, scan: 'refuse' }, '12\r', ['1', '2', 'enter']],
    ['a payment type', { field: { accepts: 'digits', maxLength: 4 }, scan: 'refuse' }, '12\r', ['DEV-05']],
    ['a word of a search', { field: { accepts: 'text', maxLength: 20 }, scan: 'refuse' }, 'сыр\r', [...'сыр', 'enter']],
    ['digits in a search', { field: { accepts: 'text', maxLength: 20 }, scan: 'refuse' }, '993\r', ['DEV-05']],
  ] as const)('in the field for %s', (_, top, typed, expected) => {
    const { type, got } = gateOn(top);
    type(typed, 3);
    expect(got()).toEqual(expected);
  });
});
