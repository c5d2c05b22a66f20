import { type MemoryPeer, memoryTransport } from '../../../src/devices/transport/memory.ts';
import type { Settings } from '../../../src/settings/settings.ts';
import { Story, type StoryOptions } from '../story.ts';

export const SCANNER = 'serial:/dev/ttyS0?baud=9600';
export const SECOND_SCANNER = 'serial:/dev/ttyS1?baud=9600';
export const PRINTER = 'serial:/dev/ttyS2?baud=19200';
export const DISPLAY = 'serial:/dev/ttyS3?baud=9600';

export const MILK = '4810000000018';
export const BIFILUX = '4810000000025';

export const scannerSettings = (url: string, changes: Partial<Settings['scanner']> = {}) => ({
  url,
  dropsRepeats: false,
  hasNoSuffix: false,
  ...changes,
});

const REAL_WAIT_MS = 20_000;

/** A register with devices inside the process, each at its own address. */
export class DeviceStory {
  readonly story: Story;
  readonly #peers: Map<string, MemoryPeer>;

  private constructor(story: Story, peers: Map<string, MemoryPeer>) {
    this.story = story;
    this.#peers = peers;
  }

  /** @param prepare plugs or unplugs devices before the register opens them */
  static async begin(
    options: StoryOptions & { devices: string[] },
    prepare: (peer: (url: string) => MemoryPeer) => void = () => undefined,
  ): Promise<DeviceStory> {
    const pairs = new Map(options.devices.map((url) => [url, memoryTransport(true)]));
    const peers = new Map([...pairs].map(([url, { peer }]) => [url, peer]));
    const story = await Story.begin({
      ...options,
      till: { openDevice: (url) => pairs.get(url)?.transport ?? null, ...options.till },
    });
    const devices = new DeviceStory(story, peers);
    prepare((url) => devices.peer(url));
    story.till.startDevices();
    return devices;
  }

  peer(url: string): MemoryPeer {
    const peer = this.#peers.get(url);
    if (peer === undefined) throw new Error(`no device at ${url}`);
    return peer;
  }

  /** The link to the device stands. */
  connected(url: string): Promise<Story> {
    return this.story.until(`${url} is open`, () => this.peer(url).opened() > 0);
  }

  /** As `story.until`, for what also needs the real time a printer's own limits are counted in. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const givesUpAt = Date.now() + REAL_WAIT_MS;
    while (!isSo()) {
      if (Date.now() > givesUpAt) throw new Error(`never: ${what}\n${this.story.picture()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.story.clock.advance(50);
    }
  }

  untilDialog(number: string): Promise<void> {
    return this.until(number, () => this.story.dialog === number);
  }

  /** One code with its CR, as the scanner's port sends it. */
  read(url: string, code: string): void {
    this.peer(url).send(Buffer.from(`${code}\r`, 'latin1'));
  }

  /** Names of the goods area. */
  lines(): string[] {
    return (this.story.document?.lines ?? []).map(({ goods }) => goods.code);
  }

  /** Keys at an even pace, as a keyboard scanner or a hand gives them. */
  type(text: string, gapMs: number): void {
    for (const character of text) {
      const isEnter = character === '\r';
      this.story.till.key(isEnter ? 'enter' : character.toLowerCase(), isEnter ? null : character);
      this.story.clock.advance(gapMs);
    }
  }
}
