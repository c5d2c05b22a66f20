import { Fault, isFault } from '../register/fault.ts';

/** A template that cannot be used. @param say Russian, for the installer @param at where in its text */
export function templateFault(say: string, at?: number): Fault<'bad'> {
  return new Fault('slipTemplate', 'bad', at === undefined ? { say } : { say, at });
}

export function isTemplateFault(error: unknown): error is Fault<'bad'> {
  return isFault(error, 'slipTemplate');
}
