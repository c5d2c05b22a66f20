/** Commands a printer obeys the moment they arrive, even inside text or raster data (devices.md 4.1). */
export interface RealTimeCommands {
  /** `DLE EOT n`. */
  status(n: number): void;
  /** `DLE ENQ n`. */
  recover(n: number): void;
  /** `DLE DC4 1 m t`. */
  pulse(): void;
}

const DLE = 0x10;

export class RealTimeReader {
  readonly #commands: RealTimeCommands;
  #seen: number[] = [];

  constructor(commands: RealTimeCommands) {
    this.#commands = commands;
  }

  reset(): void {
    this.#seen = [];
  }

  take(byte: number): void {
    this.#seen.push(byte);
    const [first, second, third, fourth, fifth] = this.#seen;
    const length = this.#seen.length;
    if (first === DLE && length === 1) return;
    if (first === DLE && length === 2 && (second === 0x04 || second === 0x05 || second === 0x14)) return;
    if (first === DLE && second === 0x14 && third === 1 && length < 5) return;
    // A byte that ends no command may still begin one.
    this.#seen = byte === DLE && length < 3 ? [DLE] : [];
    if (first !== DLE || length < 3 || third === undefined) return;
    if (second === 0x04) this.#commands.status(third);
    else if (second === 0x05) this.#commands.recover(third);
    else if (fourth !== undefined && fourth <= 1 && fifth !== undefined && fifth >= 1 && fifth <= 8) {
      this.#commands.pulse();
    }
  }
}
