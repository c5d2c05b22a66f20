import { booleanOf } from './changes.ts';
import { refusal } from './refusal.ts';

/** A JSON object of the file, read by name without trusting its shape; the first name that is there wins. */
export class Fields {
  readonly #value: object;
  constructor(value: object) {
    this.#value = value;
  }

  #get(names: string[]): unknown {
    for (const name of names) {
      const value: unknown = Object.hasOwn(this.#value, name) ? Reflect.get(this.#value, name) : undefined;
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  }

  /**
   * Numbers as the text they had: up to 15 digits the shortest spelling of a double is the spelling of the file, so a
   * price never becomes a calculated float.
   */
  text(...names: string[]): string | undefined {
    const value = this.#get(names);
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'boolean') return value ? '1' : '0';
    return undefined;
  }

  flag(...names: string[]): boolean {
    const decided = booleanOf(this.text(...names) ?? '');
    if (decided === null) throw refusal(`Поле ${names[0]} должно быть true или false`);
    return decided;
  }

  /** A nested object; empty when there is none. */
  object(...names: string[]): Fields {
    const value = this.#get(names);
    return new Fields(typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});
  }

  list(...names: string[]): Fields[] | undefined {
    const value = this.#get(names);
    if (!Array.isArray(value)) return undefined;
    return value.filter((item) => typeof item === 'object' && item !== null).map((item: object) => new Fields(item));
  }

  /** The command's own object under its name, else the command itself: senders write deletions both ways. */
  body(...names: string[]): Fields {
    const value = this.#get(names);
    return typeof value === 'object' && value !== null ? this.object(...names) : this;
  }
}
