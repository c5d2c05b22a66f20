/** `Проверить связь`: the report of the shift (oplati.md 3.6), which tells whether the server knows this register. */
import { localStamp } from '../../../register/local-time.ts';
import type { StepFacts } from '../../driver.ts';
import { connectionCheck } from '../../kernel/check.ts';
import type { OplatiSettings } from './settings.ts';
import { notAuthorised, rejected } from './status.ts';
import { readHarmlessRefusal, readReport, reportRequest } from './wire.ts';

export const oplatiCheck = connectionCheck<OplatiSettings>(
  'О!плати',
  // Also without a token: the answer, a refusal, tells of the link.
  (tag, { shiftLabel }, facts) => reportRequest(tag, facts, shiftLabel === '' ? labelOf(facts) : shiftLabel, []),
  (reply, { settings, token }) => {
    const refusal = readHarmlessRefusal(reply);
    const isReport = readReport(reply) !== null;
    if (!isReport && refusal === null) return null;
    if (token === null && settings.password === null) return { refused: 'токен не получен' };
    if (refusal === null) return 'accepted';
    return refusal.status === 401 ? notAuthorised(refusal) : rejected(settings.mode, refusal);
  },
);

/** Of today, while no shift is open: `ddMMyyyy`. */
function labelOf({ nowMs, utcOffsetMinutes }: Pick<StepFacts<unknown>, 'nowMs' | 'utcOffsetMinutes'>): string {
  return localStamp(nowMs, utcOffsetMinutes).slice(0, 10).split('-').reverse().join('');
}
