import { describe, expect, it } from 'vitest';
import { stateWord } from '../../../src/payments/attempt.ts';
import { attemptOf } from '../../golden/fixture.ts';

describe('the word of what follows a payment', () => {
  const follow = (follows: 'made' | 'unmade') =>
    (['intent', 'pending', 'approved', 'declined'] as const).map((state) =>
      stateWord(attemptOf({ operation: 'follow', follows, state })),
    );

  it('is about sending where the money was taken', () => {
    expect(follow('made')).toEqual(['ждет отправки', 'отправляется', 'передана', 'не передана']);
  });

  // Incident: a refused card payment stood as "отправляется".
  it('is about looking for it where it was not', () => {
    expect(follow('unmade')).toEqual(['ждет проверки', 'проверяется', 'найдена', 'не найдена']);
  });
});
