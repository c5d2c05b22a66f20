/** A journal that is known to be damaged takes no new money; what is paid is given back (issue: SYS-05, then 50.00 by О!плати). */
import { closeSync, openSync, writeSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/cli/check-parts.ts';
import { storageFault } from '../../../src/journal/storage-fault.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { begin, beginAtSubtotal, boxOf, expectSubtotal, payWith, startOplati } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';

let story: Story;
afterEach(() => story.end());

const NO_MONEY = 'Новых продаж и оплат нет, деньги можно вернуть. Обратитесь в службу технической поддержки';

/** The check beside the register, in process. */
async function check(of: Story): Promise<string | null> {
  const findings = await findingsOf(of.root);
  const journal = findings.find(({ part }) => part === 'journal');
  of.till.checked({ journal: journal?.damage ?? null, isCatalogDamaged: false });
  return journal?.fault ?? null;
}

function expectDamaged(of: Story, what: string): void {
  expect(of.dialog, of.picture()).toBe('SYS-05');
  expect(boxOf(of)?.text).toBe(`База данных повреждена: ${what}. ${NO_MONEY}`);
  of.press('enter');
}

describe('a journal that the check finds damaged', () => {
  it('is told with what is wrong, and refuses goods and payments of every kind, until it is found sound', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.till.checked({ journal: 'изменен документ № 5', isCatalogDamaged: false });
    expectDamaged(story, 'изменен документ № 5');
    expect(story.row(24)).toContain('Журнал поврежден');

    payWith(story, 7);
    expectDamaged(story, 'изменен документ № 5');
    story.press('f8');
    expectDamaged(story, 'изменен документ № 5');
    expect(story.document?.payments).toEqual([]);
    expect(story.oplati.requests()).toEqual([]);
    story.press('escape').goods('1');
    expectDamaged(story, 'изменен документ № 5');
    story.scan('4810000000018');
    expectDamaged(story, 'изменен документ № 5');
    expect(story.document?.lines).toHaveLength(1);
    expect(story.row(24)).toContain('Журнал поврежден');

    story.till.checked({ journal: null, isCatalogDamaged: false });
    expect(story.row(24)).not.toContain('Журнал');
    story.goods('1').press('f6', 'f8');
    expect(story.shows('Чек закрыт')).toBe(true);
  });

  it('gives back what was paid, and says so', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await startOplati(story, 2, '5');
    await story.until('paid', () => story.chargedKopecks() === 500 && story.dialog === null);
    story.till.checked({ journal: 'файл журнала поврежден', isCatalogDamaged: false });
    expectDamaged(story, 'файл журнала поврежден');
    story.press('f11', 'enter');
    await story.until('given back', () => story.document === null);
    expect(story.chargedKopecks()).toBe(0);
  });

  it('returns a sale: what gives money back goes on', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.press('f8', 'enter');
    story.till.checked({ journal: 'файл журнала поврежден', isCatalogDamaged: false });
    expectDamaged(story, 'файл журнала поврежден');
    story.press('f9', 'enter', 'enter');
    expect(story.document?.type, story.picture()).toBe('returnBySale');
    expect(story.document?.payments).toHaveLength(1);
  });

  // Incident: after a restart nothing knew of it for ten seconds, and money was taken again.
  it('is still known after a restart', async () => {
    story = await begin({ mode: 2 });
    story.till.checked({ journal: 'изменен документ № 5', isCatalogDamaged: false });
    story.press('enter');
    await story.restart();
    expectDamaged(story, 'изменен документ № 5');
    expect(story.row(24)).toContain('Журнал поврежден');
    story.goods('1');
    expectDamaged(story, 'изменен документ № 5');
    expect(await check(story)).toBeNull();
    story.goods('1');
    expect(story.document?.lines).toHaveLength(1);
  });

  it('is found by its pages', async () => {
    story = await begin({ mode: 2 });
    for (let sale = 0; sale < 12; sale++) story.goods('1', '2', '3').press('f6', 'f8', 'enter');
    await story.till.stop();
    const file = openSync(pathsOf(story.root).journal, 'r+');
    for (const page of [6, 9]) writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, (page - 1) * 4096);
    closeSync(file);
    const [journal] = await findingsOf(story.root);
    expect(journal?.fault).toBe('SYS-05 База данных повреждена: файл журнала поврежден');
  });
});

describe('a write that finds the journal damaged', () => {
  // Incident: F8, SYS-01 «Ошибка записи», restart, the same for ever.
  it('is SYS-05 without a restart; the payment is given back, and nothing more is taken', async () => {
    let isDamaged = false;
    const onAppend = (moment: 'before' | 'after') => {
      if (isDamaged && moment === 'before') throw storageFault('damaged', new Error('malformed'));
    };
    story = await beginAtSubtotal({ mode: 2, till: { onAppend } });
    await startOplati(story, 2);
    await story.until('paid', () => story.chargedKopecks() === 1530 && story.dialog === null);
    isDamaged = true;
    story.press('f8');
    expectDamaged(story, 'файл журнала поврежден');
    expect(story.exitCode).toBeNull();
    expect(story.document?.payments).toHaveLength(1);
    isDamaged = false;
    story.press('escape', 'enter');
    await story.until('given back', () => story.chargedKopecks() === 0);
    await story.until('free', () => story.dialog === null);
    payWith(story, 7);
    expectDamaged(story, 'файл журнала поврежден');
    expect(story.chargedKopecks()).toBe(0);
  });
});

describe('a disk that does not take writes', () => {
  const disk = () => {
    const state = { fault: null as 'readOnly' | 'full' | null };
    const onAppend = (moment: 'before' | 'after') => {
      if (moment === 'before' && state.fault !== null) throw storageFault(state.fault, new Error('refused'));
    };
    return { state, till: { onAppend } };
  };

  it.each([
    ['readOnly', 'диск только для чтения', 'Диск только для чтения'],
    ['full', 'на диске нет места', 'Нет места на диске'],
  ] as const)('%s is named, stands in row 24 and mends by itself', async (fault, cause, word) => {
    const { state, till } = disk();
    story = await begin({ mode: 2, till });
    story.goods('2');
    state.fault = fault;
    story.goods('1');
    expect(story.dialog).toBe('SYS-02');
    expect(boxOf(story)?.text).toBe(`Ошибка записи данных: ${cause}. Продолжить работу с чеком?`);
    expect(story.row(24)).toContain(word);
    story.press('enter');
    expect(story.dialog).toBe('SYS-02');
    state.fault = null;
    await story.until('mended', () => !story.row(24).includes(word));
    story.press('enter');
    expect(story.dialog).toBeNull();
    expect(story.document?.lines).toHaveLength(2);
    story.press('f6');
    expectSubtotal(story, '65.30');
  });

  it('refuses new goods and payments with its cause while it stands', async () => {
    const { state, till } = disk();
    story = await begin({ mode: 2, till });
    story.goods('2').press('f6');
    state.fault = 'readOnly';
    story.till.post({ type: 'storage', trouble: { kind: 'readOnly' } });
    const text = 'Данные не записываются: диск только для чтения. Новых продаж и оплат нет, деньги можно вернуть';
    expect(story.dialog).toBe('SYS-19');
    expect(boxOf(story)?.text).toBe(text);
    story.press('enter');
    payWith(story, 7);
    expect(story.dialog).toBe('SYS-19');
    expect(story.oplati.requests()).toEqual([]);
  });
});
