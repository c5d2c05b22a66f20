/** What holds for every screen and dialog. */
import { describe, expect, it } from 'vitest';
import { layersOf, topContext } from '../../../src/app/render.ts';
import { dialogs } from '../../../src/dialogs/index.ts';
import type { Prompt } from '../../../src/payments/prompt.ts';
import { footerText } from '../../../src/screens/footer.ts';
import { baseContextName, screens } from '../../../src/screens/index.ts';
import { DEFAULT_KEY_MAP } from '../../../src/settings/key-map.ts';
import { keyCaption } from '../../../src/ui/keys.ts';
import { attemptOf, bigReceipt, closedOf, modelOf, oplati, paymentOf, ref, rouble } from '../../golden/fixture.ts';

const contexts = [...Object.values(screens), ...Object.values(dialogs)];
/** A shop may bind them; they have no key of their own (screens.md 1.4). */
const WITHOUT_KEY = ['price', 'repeat', 'copy', 'drawer'];

describe.each(contexts.map((context) => [context.name, context] as const))('%s', (_, context) => {
  it('binds only commands that have a key, each once', () => {
    const commands = context.bindings.map(({ command }) => command);
    expect(new Set(commands).size).toBe(commands.length);
    for (const command of commands.filter((one) => !WITHOUT_KEY.includes(one))) {
      expect(DEFAULT_KEY_MAP.some((entry) => entry.command === command)).toBe(true);
    }
  });

  it('has a footer of at most 78 columns, and Esc leads out', () => {
    const text = footerText(context.bindings, DEFAULT_KEY_MAP);
    expect(text.length).toBeLessThanOrEqual(78);
    expect(text).not.toBe('');
    expect(context.bindings.some(({ command }) => command === 'cancel')).toBe(true);
  });
});

describe('names', () => {
  it('are unique over screens and dialogs', () => {
    expect(new Set(contexts.map(({ name }) => name)).size).toBe(contexts.length);
  });

  it('cover every prompt of the payment contract', () => {
    const shows: Record<Prompt['show'], true> = {
      scanBuyerCode: true,
      tellCode: true,
      showQr: true,
      wait: true,
      choose: true,
      retryOrCancel: true,
      confirm: true,
      readerStatus: true,
      form: true,
      amount: true,
    };
    for (const show of Object.keys(shows)) expect(dialogs).toHaveProperty([`prompt:${show}`]);
  });
});

describe('scans', () => {
  it('are taken only where goods are collected, a document is looked for or a scan is asked for', () => {
    const taking = contexts.filter(({ scan }) => scan === 'accept').map(({ name }) => name);
    expect(taking.sort()).toEqual([
      'card-number',
      'closed',
      'document-picker',
      'free-return',
      'goods',
      'prompt:scanBuyerCode',
      'search',
    ]);
  });
});

describe('captions', () => {
  it('say keys as they stand on the keyboard', () => {
    expect(['f1', 'escape', 'up', 'pagedown', '*', 'ctrl+c', 'shift+f12', '+'].map(keyCaption)).toEqual([
      'F1',
      'Esc',
      'Вверх',
      'PgDn',
      '*',
      'Ctrl+C',
      'Shift+F12',
      '+',
    ]);
  });

  it('follow the shop: its key stands first, a key nobody bound is left out', () => {
    const bindings = screens.subtotal?.bindings ?? [];
    const own = [{ key: 'shift+f1', command: 'total' as const }, ...DEFAULT_KEY_MAP];
    expect(footerText(bindings, own)).toContain('Shift+F1 Итого');
    expect(
      footerText(
        bindings,
        own.filter(({ command }) => command !== 'total'),
      ),
    ).not.toContain('Итого');
  });
});

describe('the mode', () => {
  const subtotal = (...payments: ReturnType<typeof paymentOf>[]) =>
    modelOf({ register: { document: bigReceipt({ stage: 'subtotal', payments }) } });

  it.each([
    ['login', modelOf({ register: { user: null, locked: true } })],
    ['locked', modelOf({ register: { locked: true, document: bigReceipt() } })],
    ['goods', modelOf()],
    ['goods', modelOf({ register: { document: bigReceipt() } })],
    ['subtotal', subtotal()],
    ['subtotal', subtotal(paymentOf(rouble, 1000))],
    ['subtotal', subtotal(paymentOf(rouble, 12190), paymentOf(oplati, 100, 'unknown'))],
    ['paid', subtotal(paymentOf(oplati, 12190))],
    ['closed', modelOf({ register: { lastClosed: closedOf(bigReceipt()) } })],
    ['goods', modelOf({ register: { lastClosed: closedOf(bigReceipt()) }, ui: { input: '4' } })],
    ['goods', modelOf({ register: { lastClosed: closedOf(bigReceipt()) }, ui: { pendingQuantityThousandths: 2000 } })],
  ])('is %s', (name, model) => {
    expect(baseContextName(model)).toBe(name);
  });
});

describe('the top context', () => {
  const prompt = { show: 'confirm', number: 'DOM-99', title: 'Автономный терминал', text: 'Оплата прошла?' } as const;

  it('is the base, then the prompt of the attempt that is waited for, then the stack', () => {
    const model = modelOf({ ui: { input: '12' } });
    expect(topContext(model)).toMatchObject({ place: 'base', at: { text: '12' } });
    const background = { ...model, attempts: [attemptOf({ prompt, foreground: false })] };
    expect(topContext(background).place).toBe('base');
    const waited = { ...model, attempts: [attemptOf({ prompt })] };
    expect(topContext(waited)).toMatchObject({ place: 'prompt', ref: { name: 'prompt:confirm' } });
    const said = { ...waited, ui: { ...waited.ui, stack: [ref('message', { number: 'OPL-17', params: {} }, 'x')] } };
    expect(topContext(said)).toMatchObject({ place: 'stack', context: { name: 'message' }, at: { text: 'x' } });
  });

  it('knows whether a dialog stands over a receipt or over a page', () => {
    const question = ref('question', { number: 'DOM-91', params: {}, onYes: [] });
    const overs = (...stack: ReturnType<typeof ref>[]) => layersOf(modelOf({ ui: { stack } })).map(({ at }) => at.over);
    expect(overs(question)).toEqual(['receipt', 'receipt']);
    expect(overs(ref('menu', { selected: 0, typedAtMs: 0 }), question)).toEqual(['receipt', 'page', 'page']);
  });
});
