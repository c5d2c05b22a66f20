import { Fault, isFault } from '../../register/fault.ts';

/** One row is refused, the load goes on. */
export function refusal(say: string): Fault<'refused'> {
  return new Fault('loadFile', 'refused', { say });
}

export function isRefusal(error: unknown): error is Fault<'refused'> {
  return isFault(error, 'loadFile', 'refused');
}
