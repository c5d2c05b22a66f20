import { describe, expect, it } from 'vitest';
import { attemptText, attemptView } from '../../../src/cli/document-attempts.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import { attemptOf } from '../../golden/fixture.ts';

const told = (more: Partial<Attempt>): string => attemptText(attemptView(attemptOf(more), 180)).split('  ')[0] ?? '';

describe('an attempt in the list of documents', () => {
  // Incident: "отмена: отмена: нет ответа", "возврат: возврат отправлен".
  it.each<[Partial<Attempt>, string]>([
    [{ operation: 'cancel', state: 'unknown', mayHaveLeft: true }, 'отмена: нет ответа'],
    [{ operation: 'cancel', state: 'unknown' }, 'отмена в очереди'],
    [{ operation: 'cancel', state: 'approved' }, 'отмена: отменена'],
    [{ operation: 'refund', state: 'sent' }, 'возврат отправлен'],
    [{ operation: 'refund', state: 'approved' }, 'возврат: возвращена'],
    [{ operation: 'pay', state: 'approved' }, 'оплата: проведена'],
  ])('names its operation once: %o', (more, words) => {
    expect(told(more)).toBe(words);
  });
});
