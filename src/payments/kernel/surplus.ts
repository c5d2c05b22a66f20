/** One number, charged more than once: one payment counts, whoever reads of the others has them given back (late-money.ts). */
import type { StepResult } from '../driver.ts';

/** @param ids of the payments besides the one that is approved here; nothing else is changed by them */
export function withSurplus<State>(result: StepResult<State>, ids: readonly string[]): StepResult<State> {
  if (ids.length === 0) return result;
  const actions = result.actions.map((action) =>
    action.do === 'finish' && action.outcome.kind === 'approved'
      ? { ...action, outcome: { ...action.outcome, surplus: [...ids] } }
      : action,
  );
  return { ...result, actions };
}
