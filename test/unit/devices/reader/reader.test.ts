import { afterEach, describe, expect, it } from 'vitest';
import { type CardReader, createReader } from '../../../../src/devices/reader/reader.ts';
import { memoryTransport } from '../../../../src/devices/transport/memory.ts';
import type { ReaderEvent } from '../../../../src/payments/ports.ts';
import { eventually } from '../../../eventually.ts';
import { ManualClock } from '../manual-clock.ts';

const NAME = 'PP0918900518';
const ORDER = '20211126_173336_036';
const PAY = { ask: 'pay', orderNumber: ORDER, amountKopecks: 25500, currency: 'RUB' } as const;

const readers: CardReader[] = [];
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
});

function start(lastName: string | null = NAME) {
  const clock = new ManualClock();
  const { transport, peer } = memoryTransport(true);
  const events: ReaderEvent[] = [];
  const alarms: string[] = [];
  const remembered: string[] = [];
  const reader = createReader({
    url: 'serial:/dev/pos-reader',
    transport,
    clock,
    lastName: () => lastName,
    remember: (name) => remembered.push(name),
    onEvent: (event) => events.push(event),
    onAlarm: (text) => alarms.push(text),
  });
  readers.push(reader);
  const said = (): unknown[] =>
    peer
      .written()
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const say = (line: object): void => peer.send(Buffer.from(`${JSON.stringify(line)}\n`));
  return { clock, peer, events, alarms, remembered, reader, said, say };
}

/** Up to `connected`, with the port open. */
async function connected() {
  const all = start();
  all.reader.command({ ask: 'connect', name: null });
  await eventually(() => expect(all.said()).toEqual([{ ask: 'connect', name: NAME }]));
  all.say({ is: 'connected', name: NAME });
  await eventually(() => expect(all.events.at(-1)).toEqual({ is: 'connected', name: NAME }));
  return all;
}

async function paying() {
  const all = await connected();
  all.reader.command(PAY);
  all.say({ is: 'waitCard', display: ['Present card.'], orderNumber: ORDER });
  await eventually(() => expect(all.events.at(-1)).toEqual({ is: 'waitCard', display: ['Present card.'] }));
  return all;
}

describe('the way to a reader', () => {
  it('does not open the port before there is something to ask', async () => {
    const { peer, reader, said } = start();
    expect(peer.opened()).toBe(0);
    reader.command({ ask: 'search' });
    await eventually(() => expect(said()).toEqual([{ ask: 'search' }]));
    expect(peer.opened()).toBe(1);
  });

  it('knows at once that no reader was used before', () => {
    const { events, reader } = start(null);
    reader.command({ ask: 'connect', name: null });
    expect(events).toEqual([{ is: 'notFound' }]);
  });

  it('finds nothing where none is configured, and refuses an address that cannot answer', () => {
    const events: ReaderEvent[] = [];
    const options = { lastName: () => NAME, remember: () => undefined, onAlarm: () => undefined };
    const onEvent = (event: ReaderEvent) => void events.push(event);
    const reader = createReader({ ...options, url: 'none', onEvent });
    reader.command({ ask: 'search' });
    reader.command({ ask: 'connect', name: NAME });
    expect(events).toEqual([{ is: 'notFound' }, { is: 'notFound' }]);
    expect(() => createReader({ ...options, url: 'file:/tmp/reader', onEvent })).toThrow('address: bad: ');
  });

  it('gives up a search after 15 s, and what is found later is nobody’s', async () => {
    const { clock, events, reader, said, say } = start();
    reader.command({ ask: 'search' });
    await eventually(() => expect(said()).toHaveLength(1));
    clock.advance(14_999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([{ is: 'notFound' }]);
    expect(said().at(-1)).toEqual({ ask: 'abort' });
    say({ is: 'found', name: NAME });
    reader.command({ ask: 'search' });
    say({ is: 'found', name: 'OTHER' });
    await eventually(() => expect(events).toEqual([{ is: 'notFound' }, { is: 'found', name: 'OTHER' }]));
  });

  it('gives up a connection after 10 s, also when the cable is not there', async () => {
    const { clock, events, peer, reader } = start();
    peer.refuse('noDevice');
    reader.command({ ask: 'connect', name: null });
    expect(events).toEqual([{ is: 'connecting', name: NAME }]);
    clock.advance(10_000);
    expect(events.at(-1)).toEqual({ is: 'lost' });
  });

  it('asks a reader that is plugged in during the search', async () => {
    const { clock, events, peer, reader, said, say } = start();
    peer.refuse('noDevice');
    reader.command({ ask: 'search' });
    await eventually(() => expect(clock.pending()).toContain(500));
    peer.refuse(null);
    clock.advance(500);
    await eventually(() => expect(said()).toEqual([{ ask: 'search' }]));
    say({ is: 'found', name: NAME });
    await eventually(() => expect(events).toEqual([{ is: 'found', name: NAME }]));
  });

  it('remembers the reader it is connected to', async () => {
    expect((await connected()).remembered).toEqual([NAME]);
  });

  it('waits for an update as long as it makes progress', async () => {
    const { clock, events, reader, said, say } = await connected();
    reader.command({ ask: 'connect', name: NAME });
    say({ is: 'firmwareOld', name: NAME });
    await eventually(() => expect(events.at(-1)).toEqual({ is: 'firmwareOld', name: NAME }));
    reader.command({ ask: 'updateFirmware' });
    expect(said().at(-1)).toEqual({ ask: 'updateFirmware' });
    clock.advance(59_000);
    say({ is: 'updating', percent: 10 });
    await eventually(() => expect(events.at(-1)).toEqual({ is: 'updating', percent: 10 }));
    clock.advance(59_000);
    expect(events.at(-1)).toEqual({ is: 'updating', percent: 10 });
    clock.advance(1000);
    expect(events.at(-1)).toEqual({ is: 'lost' });
  });
});

describe('a payment', () => {
  it('is asked for with our number and kopecks, and ends with the word of the reader', async () => {
    const { events, said, say, reader } = await paying();
    expect(said().at(-1)).toEqual({ ask: 'pay', orderNumber: ORDER, amount: 25500, currency: 'RUB' });
    reader.command({ ask: 'selectApplication', index: 1 });
    reader.command({ ask: 'signature', given: true });
    expect(said().slice(-2)).toEqual([
      { ask: 'selectApplication', index: 1, orderNumber: ORDER },
      { ask: 'signature', given: true, orderNumber: ORDER },
    ]);
    say({ is: 'done', approved: true, orderNumber: ORDER });
    await eventually(() => expect(events.at(-1)).toEqual({ is: 'done', approved: true }));
  });

  it('takes nothing from a line of another order', async () => {
    const { events, say } = await paying();
    const before = events.length;
    say({ is: 'aborted', orderNumber: 'ANOTHER' });
    say({ is: 'aborted' });
    say({ is: 'done', approved: true, orderNumber: 'ANOTHER' });
    say({ is: 'processing', display: [], orderNumber: ORDER });
    await eventually(() => expect(events.slice(before)).toEqual([{ is: 'processing', display: [] }]));
  });

  it('is lost when the reader answers no ping for 15 s, and not before', async () => {
    const { clock, events, said, say } = await paying();
    for (let second = 0; second < 60; second += 3) {
      clock.advance(3000);
      expect(said().at(-1)).toEqual({ ask: 'ping' });
      say({ is: 'pong' });
      // The stream delivers in its own time.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(events.at(-1)).toMatchObject({ is: 'waitCard' });
    clock.advance(14_999);
    expect(events.at(-1)).toMatchObject({ is: 'waitCard' });
    clock.advance(1);
    expect(events.at(-1)).toEqual({ is: 'lost' });
  });

  it('was certainly not sent when the reader had gone before it', async () => {
    const { events, peer, reader, said } = await connected();
    peer.unplug();
    expect(events.at(-1)).toEqual({ is: 'lost' });
    reader.command(PAY);
    expect(events.at(-1)).toEqual({ is: 'aborted' });
    expect(said()).not.toContainEqual(expect.objectContaining({ ask: 'pay' }));
  });

  it('is asked about by its number when the reader is back', async () => {
    const { clock, events, peer, reader, said, say } = await paying();
    peer.unplug();
    expect(events.at(-1)).toEqual({ is: 'lost' });
    reader.command({ ask: 'connect', name: NAME });
    await eventually(() => expect(clock.pending()).toContain(500));
    clock.advance(500);
    await eventually(() => expect(said().at(-1)).toEqual({ ask: 'connect', name: NAME }));
    say({ is: 'connected', name: NAME });
    await eventually(() => expect(events.at(-1)).toMatchObject({ is: 'connected' }));
    reader.command({ ask: 'abort' });
    expect(said().at(-1)).toEqual({ ask: 'abort', orderNumber: ORDER });
    say({ is: 'aborted', orderNumber: ORDER });
    await eventually(() => expect(events.at(-1)).toEqual({ is: 'aborted' }));
    reader.command(PAY);
    expect(said().at(-1)).toMatchObject({ ask: 'pay', orderNumber: ORDER });
  });
});

describe('what a reader says', () => {
  it('is made safe, and a full card number never leaves the room, in groups neither', async () => {
    const { events, say, alarms } = await paying();
    const slip = [
      { label: 'PAN', value: '4111 1111 1111 1111' },
      { label: 'RRN', value: '123456789012' },
    ];
    say({
      is: 'signature',
      display: ['\u001b[2JPAN 4111111111111111', '4111-1111-1111-1111'],
      slip,
      orderNumber: ORDER,
    });
    await eventually(() => expect(events.at(-1)).toMatchObject({ is: 'signature' }));
    expect(events.at(-1)).toEqual({
      is: 'signature',
      display: ['[2JPAN 411111******1111', '411111******1111'],
      slip: [
        { label: 'PAN', value: '411111******1111' },
        { label: 'RRN', value: '123456789012' },
      ],
    });
    // What it tells for the slip with the card through is no exception.
    say({ is: 'removeCard', approved: true, display: [], slip: slip.slice(0, 1), orderNumber: ORDER });
    say({ is: 'done', approved: true, orderNumber: ORDER });
    await eventually(() => expect(events.at(-1)).toEqual({ is: 'done', approved: true }));
    expect(events.at(-2)).toMatchObject({ is: 'removeCard', slip: [{ label: 'PAN', value: '411111******1111' }] });
    expect(alarms).toEqual([]);
  });

  it('is ignored when it is no line of ours, told once, and kept out of the log', async () => {
    const { alarms, events, peer, say } = await paying();
    const before = events.length;
    peer.send(Buffer.from('PAN 4111111111111111\n[]\n{"is":"track2"}\n'));
    say({ is: 'pin', wrong: 'maybe', orderNumber: ORDER });
    peer.send(Buffer.from(`{"is":"processing","display":["${'x'.repeat(5000)}`));
    peer.send(Buffer.from(`"]}\n`));
    say({ is: 'processing', display: [], orderNumber: ORDER });
    await eventually(() => expect(events.slice(before)).toEqual([{ is: 'processing', display: [] }]));
    expect(alarms).toEqual(['card reader: a line that is not in its protocol']);
  });

  it('is read from pieces, letters cut in the middle too', async () => {
    const { events, peer } = await paying();
    const line = Buffer.from(`${JSON.stringify({ is: 'processing', display: ['Ждите'], orderNumber: ORDER })}\n`);
    for (const byte of line) peer.send(Buffer.from([byte]));
    await eventually(() => expect(events.at(-1)).toEqual({ is: 'processing', display: ['Ждите'] }));
  });
});
