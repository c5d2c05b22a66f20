/** What can be wrong with the printer or its line, as `POST control/behave` says it. */
import { type ControlBody, controlProblem } from '../control.ts';

export interface PrinterBehaviour {
  /** Prints, but never sends a byte. */
  silent: boolean;
  /** Answers `GS r`. */
  confirms: boolean;
  /** Taken off line by its own key. */
  offline: boolean;
  /** A jammed knife stops the printer at the next cut. Freed, it still waits for `DLE ENQ` or a power cycle. */
  knifeJammed: boolean;
  /** Broken for good. */
  fatal: boolean;
  /** The cable is pulled after so many more bytes. */
  cutsAfterBytes: number | null;
  /** Stops reading and working after so many more bytes, until it is switched off and on. */
  hangsAfterBytes: number | null;
  /** Sends XOFF after so many more bytes. */
  xoffAfterBytes: number | null;
  /** How long until the XON; null = when `xoffAfterBytes` is set to null. */
  xoffMs: number | null;
  /** Speed of the print head; null = at once. */
  bytesPerSecond: number | null;
}

export const GOOD_PRINTER: Readonly<PrinterBehaviour> = {
  silent: false,
  confirms: true,
  offline: false,
  knifeJammed: false,
  fatal: false,
  cutsAfterBytes: null,
  hangsAfterBytes: null,
  xoffAfterBytes: null,
  xoffMs: null,
  bytesPerSecond: null,
};

/** @returns the fields to change; throws a problem for a field or value that does not exist */
export function behaviourPatch(body: ControlBody): Partial<PrinterBehaviour> {
  for (const [name, value] of Object.entries(body)) {
    const known = Object.hasOwn(GOOD_PRINTER, name) ? GOOD_PRINTER[name as keyof PrinterBehaviour] : undefined;
    if (known === undefined) {
      throw controlProblem(`unknown behaviour "${name}", one of: ${Object.keys(GOOD_PRINTER).join(', ')}`);
    }
    const isNumber = Number.isSafeInteger(value) && Number(value) >= (name === 'bytesPerSecond' ? 1 : 0);
    if (typeof known === 'boolean' ? typeof value !== 'boolean' : value !== null && !isNumber) {
      throw controlProblem(`"${name}" must be ${typeof known === 'boolean' ? 'true or false' : 'a number or null'}`);
    }
  }
  return body as Partial<PrinterBehaviour>;
}
