import type { MemoryPeer } from '../../../src/devices/transport/memory.ts';

export type PrinterCondition = 'well' | 'paperOut' | 'coverOpen' | 'knife' | 'broken' | 'paperLow';

/** What a real one says to DLE EOT 1..4 and GS r 1. */
const ANSWERS: Readonly<Record<PrinterCondition, readonly [number, number, number, number]>> = {
  well: [0x12, 0x12, 0x12, 0x12],
  paperLow: [0x12, 0x12, 0x12, 0x1e],
  paperOut: [0x1a, 0x32, 0x12, 0x72],
  coverOpen: [0x1a, 0x16, 0x12, 0x12],
  knife: [0x1a, 0x52, 0x1a, 0x12],
  broken: [0x1a, 0x52, 0x32, 0x12],
};
/** Four bytes sent unasked on each change. */
const AUTOMATIC: Readonly<Record<PrinterCondition, readonly [number, number, number, number]>> = {
  well: [0x10, 0, 0, 0],
  paperLow: [0x10, 0, 0x03, 0],
  paperOut: [0x18, 0, 0x0c, 0],
  coverOpen: [0x38, 0, 0, 0],
  knife: [0x18, 0x08, 0, 0],
  broken: [0x18, 0x20, 0, 0],
};
const QUESTION = /^1004(0[1-4])$/;
/** The usual one, and the one that is obeyed without paper too. */
const PULSES = [Buffer.from([0x1b, 0x70]), Buffer.from([0x10, 0x14, 0x01])];

/** An ESC/POS printer with status, at the far end of a memory transport. */
export class FakePrinter {
  /** False: slips come out, but the end of a job is never confirmed. */
  confirmsJobs = true;
  /** The level on the drawer's pin. */
  isDrawerPinHigh = false;
  readonly #peer: MemoryPeer;
  #condition: PrinterCondition = 'well';

  constructor(peer: MemoryPeer) {
    this.#peer = peer;
    peer.onWrite((chunk) => {
      const hex = chunk.toString('hex');
      const [, number] = QUESTION.exec(hex) ?? [];
      // Never inside the write itself: the line must have taken the question first.
      const answer = (byte: number) => setImmediate(() => peer.send(Uint8Array.of(byte)));
      const pin = number === '01' && this.isDrawerPinHigh ? 0x04 : 0;
      if (number !== undefined) answer((ANSWERS[this.#condition][Number(number) - 1] ?? 0) | pin);
      else if (hex === '1d7201' && this.confirmsJobs) answer(0);
    });
  }

  /** Paper is taken out, the cover closed...: told at once. */
  become(condition: PrinterCondition): void {
    this.#condition = condition;
    this.#peer.send(Uint8Array.from(AUTOMATIC[condition]));
  }

  paper(): string {
    return new TextDecoder('ibm866').decode(this.#peer.written());
  }

  /** Slips that came out to their end. */
  slips(): number {
    return this.paper().split('ИТОГ').length - 1;
  }

  pulses(): number {
    const bytes = this.#peer.written();
    let count = 0;
    for (const pulse of PULSES) {
      for (let at = bytes.indexOf(pulse); at !== -1; at = bytes.indexOf(pulse, at + 1)) count++;
    }
    return count;
  }
}
