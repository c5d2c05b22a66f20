/**
 * The one class of errors of the emulators, which know nothing of the program: a request that cannot be served. Whoever
 * serves it turns it into the refusal of its protocol; an error of any other class is a fault of the emulator.
 */
export class Problem<Detail = null> extends Error {
  readonly status: number;
  /** What the protocol's refusal says besides its text. */
  readonly detail: Detail;

  constructor(status: number, text: string, detail: Detail) {
    super(text);
    this.status = status;
    this.detail = detail;
  }
}
