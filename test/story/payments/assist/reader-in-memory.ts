/** A card reader inside the process: the emulator's reader on a memory cable, on the clock of the story. */
import { memoryTransport } from '../../../../src/devices/transport/memory.ts';
import { VirtualClock } from '../../../../src/emulators/clock.ts';
import { postPayment } from '../../../../src/emulators/reader/assist-post.ts';
import { ReaderMachine } from '../../../../src/emulators/reader/machine.ts';
import { type Scenario, type ScenarioName, scenarioOf } from '../../../../src/emulators/reader/scenario.ts';
import { CAPTURE_TIME } from '../../story.ts';

export const READER_NAME = 'PP0918900518';
/** For `assist.readerUrl`; nothing listens there, the cable is in memory. */
export const READER_URL = 'serial:/dev/reader-in-memory';

/** A clock that stands still while the reader waits for its server: that happens outside the shop's time. */
export class ReaderClock extends VirtualClock {
  held = 0;

  override advance(byMs: number): void {
    if (this.held === 0) super.advance(byMs);
  }
}

export interface MemoryReader {
  readonly clock: ReaderClock;
  readonly machine: ReaderMachine;
  /** For `Story.begin`: `till: { openDevice: reader.openDevice }`. */
  openDevice(url: string): ReturnType<typeof memoryTransport>['transport'] | null;
  /** What the next card will be, or what is wrong with the reader. */
  play(scenario: ScenarioName, changes?: Partial<Scenario>): void;
  /** A line nobody has asked for. */
  say(line: Record<string, unknown>): void;
  pullCable(): void;
  plugIn(): void;
  /** Everything the register has written on the cable. */
  written(): string;
}

/**
 * @param assistUrl where the reader pays; asked when it does, so the server may begin after the reader
 * @param stepMs how long each thing takes that the buyer or the reader does
 */
export function readerInMemory(assistUrl: () => string, stepMs = 1_500): MemoryReader {
  const clock = new ReaderClock(CAPTURE_TIME);
  const { transport, peer } = memoryTransport(true);
  const say = (line: Record<string, unknown>): void => peer.send(Buffer.from(`${JSON.stringify(line)}\n`));
  const pullCable = (): void => {
    peer.refuse('noDevice');
    peer.unplug();
    machine.unplugged();
  };
  const machine: ReaderMachine = new ReaderMachine(
    { name: READER_NAME, clock, stepMs, signatureLimitKopecks: 300_000, scenario: scenarioOf('chip') },
    {
      say,
      pullCable,
      async pay(paid, cardScenario) {
        clock.held++;
        try {
          const order = { ...paid, cardScenario };
          return await postPayment({ url: assistUrl() }, { ...order, paymentMode: '11', device: READER_NAME });
        } finally {
          clock.held--;
        }
      },
    },
  );
  peer.onWrite((bytes) => machine.receive(bytes));
  return {
    clock,
    machine,
    openDevice: (url) => (url === READER_URL ? transport : null),
    play(scenario, changes = {}) {
      machine.scenario = { ...scenarioOf(scenario), ...changes };
    },
    say,
    pullCable,
    plugIn: () => peer.refuse(null),
    written: () => peer.written().toString('utf8'),
  };
}
