/** `Проверить связь`: the report of the shift (oplati.md 3.6), which tells whether the server knows this register. */
import { localStamp } from '../../../register/local-time.ts';
import type { StepFacts } from '../../driver.ts';
import { connectionCheck } from '../../kernel/check.ts';
import type { OplatiSettings } from './settings.ts';
import { notAuthorised, rejected } from './status.ts';
import { readHarmlessRefusal, readReport, reportRequest } from './wire.ts';

export const oplatiCheck = connectionCheck<OplatiSettings>(
  'О!плати',
  (tag, { shiftLabel }, facts) => {
    if (facts.token === null && facts.settings.password === null) return { refused: 'токен не получен' };
    return reportRequest(tag, facts, shiftLabel === '' ? labelOf(facts) : shiftLabel);
  },
  (reply, { settings }) => {
    if (readReport(reply) !== null) return 'accepted';
    const refusal = readHarmlessRefusal(reply);
    if (refusal === null) return null;
    return refusal.status === 401 ? notAuthorised(refusal) : rejected(settings.mode, refusal);
  },
);

/** Of today, while no shift is open: `ddMMyyyy`. */
function labelOf({ nowMs, utcOffsetMinutes }: Pick<StepFacts<unknown>, 'nowMs' | 'utcOffsetMinutes'>): string {
  return localStamp(nowMs, utcOffsetMinutes).slice(0, 10).split('-').reverse().join('');
}
