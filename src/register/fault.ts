/** Whose error it is. Each area has its own codes, and a room that throws them has a guard for them. */
export type FaultArea =
  | 'address'
  | 'barcodeTemplate'
  | 'catalog'
  | 'device'
  | 'loadFile'
  | 'settings'
  | 'slipTemplate'
  | 'storage';

export interface FaultDetail {
  /** What the operating system or a library said: for the log. */
  cause?: unknown;
  say?: string;
  at?: number;
}

/**
 * The one class of our own errors. Its `code` chooses the numbered message, the exit code or the way on; nobody compares
 * texts, and `message` is for the log only. An outcome that is to be expected is a value, not a fault.
 */
export class Fault<Code extends string = string> extends Error {
  readonly area: FaultArea;
  readonly code: Code;
  /** Russian, for whoever wrote the file, the setting or the address it is about; '' where the code says everything. */
  readonly say: string;
  /** Place in a text, from 0; null where there is none. */
  readonly at: number | null;

  constructor(area: FaultArea, code: Code, { cause, say = '', at }: FaultDetail = {}) {
    super(say === '' ? `${area}: ${code}` : `${area}: ${code}: ${say}`, { cause });
    this.name = 'Fault';
    this.area = area;
    this.code = code;
    this.say = say;
    this.at = at ?? null;
  }
}

/** @param codes none = any code of the area */
export function isFault<Code extends string>(
  error: unknown,
  area: FaultArea,
  ...codes: readonly Code[]
): error is Fault<Code> {
  return error instanceof Fault && error.area === area && (codes.length === 0 || codes.includes(error.code as Code));
}
