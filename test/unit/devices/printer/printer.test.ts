import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createPrinter, type PrinterState, type PrintLimits } from '../../../../src/devices/printer/printer.ts';
import { findProfile, type PrinterProfile } from '../../../../src/devices/printer/profile.ts';
import { AnswerReader } from '../../../../src/devices/printer/status.ts';
import type { Link } from '../../../../src/devices/transport/link.ts';
import { type MemoryPeer, memoryTransport } from '../../../../src/devices/transport/memory.ts';
import { eventually } from '../../../eventually.ts';

const JOB = Buffer.from('ТОВАРНЫЙ ЧЕК\n'.repeat(100), 'utf8');
const ASKS = { offline: '100402', paper: '100404', processed: '1d7201' } as const;

function start(status: PrinterProfile['status'], keepsOpen = false, patience: Partial<PrintLimits> = {}) {
  const found = findProfile('generic-80');
  if (found === null) throw new Error('no profile');
  const { transport, peer } = memoryTransport(keepsOpen);
  const limits = { statusMs: 30, confirmMs: 30, confirmMsPerByte: 0, retryMs: 10, offlineMs: 60, settleMs: 10 };
  const states: PrinterState[] = [];
  const printer = createPrinter({
    url: 'tcp:printer:9100',
    profile: { ...found, status },
    transport,
    limits: { ...limits, ...patience },
    onState: (state) => states.push(state),
  });
  return { printer, peer, states };
}

/** A printer that answers each question with the bytes given. */
function answering(peer: MemoryPeer, answers: Partial<Record<keyof typeof ASKS, number[]>>): void {
  peer.onWrite((chunk) => {
    for (const [name, ask] of Object.entries(ASKS)) {
      if (chunk.toString('hex') === ask) peer.send(Uint8Array.from(answers[name as keyof typeof ASKS] ?? []));
    }
  });
}

describe('printer without status', () => {
  it('confirms a job written to its end, over one connection a job, one after another', async () => {
    const { printer, peer } = start('none');
    expect(printer.state()).toBe('unknown');
    const results = await Promise.all([printer.print(JOB), printer.print(Buffer.from('two')), printer.print(JOB)]);
    expect(results).toEqual([{ result: 'confirmed' }, { result: 'confirmed' }, { result: 'confirmed' }]);
    expect(peer.written()).toEqual(Buffer.concat([JOB, Buffer.from('two'), JOB]));
    expect(peer.opened()).toBe(3);
    expect(printer.state()).toBe('ready');
  });

  it('fails a job of which nothing left, and prints the next when the printer is back', async () => {
    const { printer, peer } = start('none');
    peer.refuse('refused');
    expect(await printer.print(JOB)).toEqual({ result: 'failed', reason: 'offline', fault: 'refused' });
    expect(printer.state()).toBe('noLink');
    peer.refuse(null);
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    expect(peer.written()).toEqual(JOB);
  });

  it('does not confirm a job whose link broke on the way', async () => {
    const { printer, peer } = start('none');
    peer.onWrite(() => peer.unplug());
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'cable', fault: 'lost' });
    expect(peer.written().length).toBeLessThan(JOB.length);
  });

  it('keeps a tty open from job to job, knows at once that it is lost, and opens it again', async () => {
    const { printer, peer } = start('none', true);
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    expect(peer.opened()).toBe(1);
    peer.unplug();
    expect(printer.state()).toBe('noLink');
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    expect(printer.state()).toBe('ready');
    expect(peer.opened()).toBe(2);
    peer.onWrite(() => peer.unplug());
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'cable', fault: 'lost' });
    peer.refuse('noDevice');
    expect(await printer.print(JOB)).toEqual({ result: 'failed', reason: 'offline', fault: 'noDevice' });
  });

  it('answers `none` without a printer', async () => {
    const profile = findProfile('generic-80');
    if (profile === null) throw new Error('no profile');
    const printer = createPrinter({ url: 'none', profile });
    expect(printer.state()).toBe('none');
    expect((await printer.print(JOB)).result).toBe('failed');
    expect(printer.state()).toBe('none');
  });

  it('ends every job when it is closed', async () => {
    const { printer, peer } = start('none');
    let closing: Promise<void> | undefined;
    peer.onWrite(() => {
      closing ??= printer.close();
    });
    const jobs = [printer.print(JOB), printer.print(JOB)];
    expect((await Promise.all(jobs)).map((result) => result.result)).toEqual(['unconfirmed', 'failed']);
    await closing;
    expect(peer.opened()).toBe(1);
  });
});

describe.each(['dle', 'asb'] as const)('printer with status (%s)', (status) => {
  it('confirms when the printer has processed everything', async () => {
    const { printer, peer } = start(status);
    answering(peer, { offline: [0x12], paper: [0x12], processed: [0x00] });
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
  });

  it.each([
    ['paperOut', { offline: [0x32] }],
    ['coverOpen', { offline: [0x16] }],
    ['broken', { offline: [0x52] }],
    ['paperOut', { offline: [0x12], paper: [0x72] }],
  ] as const)('sends nothing on %s', async (reason, answers) => {
    const { printer, peer } = start(status);
    answering(peer, { offline: [...answers.offline], paper: 'paper' in answers ? [...answers.paper] : [] });
    expect(await printer.print(JOB)).toEqual({ result: 'failed', reason, fault: null });
    expect(peer.written().includes(JOB.subarray(0, 20))).toBe(false);
    expect(printer.state()).toBe(reason);
  });

  it('prints on a silent printer but does not call it printed', async () => {
    const { printer, peer } = start(status);
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    expect(peer.written().includes(JOB)).toBe(true);
  });

  it('says why when the printer reports trouble by itself', async () => {
    const { printer, peer } = start(status);
    answering(peer, { offline: [0x12], paper: [0x12], processed: [0x18, 0x00, 0x0c, 0x00] });
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'paperOut', fault: null });
    await eventually(() => expect(printer.state()).toBe('paperOut'));
  });

  it('fails when the link breaks while it asks', async () => {
    const { printer, peer } = start(status);
    peer.onWrite(() => peer.unplug());
    expect(await printer.print(JOB)).toEqual({ result: 'failed', reason: 'cable', fault: 'lost' });
  });
});

describe('answers of a printer', () => {
  it('keeps status, automatic status, replies, flow control and stray bytes apart', () => {
    const reader = new AnswerReader();
    const bytes = Uint8Array.of(0x11, 0x12, 0x13, 0x14, 0x00, 0x00, 0x00, 0xff, 0x00);
    const kinds = [...bytes].flatMap((byte) => reader.read(Uint8Array.of(byte))).map((answer) => answer.kind);
    expect(kinds).toEqual(['status', 'automatic', 'processed']);
  });

  it('lets no stray byte swallow the answers behind it', () => {
    const reader = new AnswerReader();
    expect(reader.read(Uint8Array.of(0x14, 0xff, 0x00)).map((answer) => answer.kind)).toEqual(['processed']);
    expect(reader.read(Uint8Array.of(0x10, 0x00, 0x13, 0x03, 0x11, 0x00))).toEqual([
      { kind: 'automatic', trouble: null, isPaperLow: true },
    ]);
  });

  it.each([
    [[0x30, 0, 0, 0], 'coverOpen', false],
    [[0x18, 0, 0x0f, 0], 'paperOut', true],
    [[0x18, 0x08, 0, 0], 'knife', false],
    [[0x18, 0x28, 0, 0], 'broken', false],
    [[0x18, 0x40, 0, 0], 'broken', false],
    [[0x18, 0, 0, 0], 'offline', false],
    [[0x14, 0, 0x03, 0], null, true],
  ])('reads %j as %s', (bytes, trouble, isPaperLow) => {
    expect(new AnswerReader().read(Uint8Array.from(bytes))).toEqual([{ kind: 'automatic', trouble, isPaperLow }]);
  });
});

describe('a printer that answered before', () => {
  it('and falls silent is woken with zeros, then counts as switched off, and nothing is sent', async () => {
    const { printer, peer } = start('dle', true);
    answering(peer, { offline: [0x12], paper: [0x12], processed: [0x00] });
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    const before = peer.written().length;
    answering(peer, {});
    expect(await printer.print(JOB)).toEqual({ result: 'failed', reason: 'offline', fault: null });
    const after = peer.written().subarray(before);
    expect(after.includes(JOB.subarray(0, 20))).toBe(false);
    expect(after.subarray(3, 503).every((byte) => byte === 0)).toBe(true);
    expect(printer.state()).toBe('noLink');
    expect((await printer.openDrawer()).result).toBe('failed');
    expect(peer.written().includes(Buffer.of(0x1b, 0x70))).toBe(false);
  });

  it('and is woken by the zeros prints', async () => {
    const { printer, peer } = start('dle', true);
    answering(peer, { offline: [0x12], paper: [0x12], processed: [0x00] });
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    peer.onWrite((chunk) => {
      if (chunk.every((byte) => byte === 0)) answering(peer, { offline: [0x12], paper: [0x12], processed: [0x00] });
    });
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
  });

  it('and dies in the middle of a job is called lost before the patience for its proof has ended', async () => {
    const { printer, peer, states } = start('dle', true, { confirmMs: 5000 });
    answering(peer, { offline: [0x12], paper: [0x12], processed: [0x00] });
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    // The stream tells only in the next turn that it took the last question.
    await new Promise(setImmediate);
    let isDead = false;
    peer.onWrite((chunk) => {
      if (chunk.length > 3) isDead = true;
      else if (!isDead && chunk[0] === 0x10) peer.send(Uint8Array.of(0x12));
    });
    const job = printer.print(JOB);
    await eventually(() => expect(states).toEqual(['ready', 'noLink']));
    await printer.close();
    expect((await job).result).toBe('unconfirmed');
  });

  it('and knows no answer to the proof is not called lost: it tells its state', async () => {
    const { printer, peer } = start('dle', true, { confirmMs: 60 });
    answering(peer, { offline: [0x12], paper: [0x12] });
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    expect(printer.state()).toBe('ready');
  });

  it('does not have a late answer to an earlier job taken for one to the next', async () => {
    const { printer, peer } = start('dle', true);
    answering(peer, { offline: [0x12], paper: [0x12], processed: [0x00] });
    expect(await printer.print(JOB)).toEqual({ result: 'confirmed' });
    answering(peer, { offline: [0x12], paper: [0x12] });
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    // The earlier job is done now: its answer and the one to the question before the next job come together, no more.
    let asked = 0;
    peer.onWrite((chunk) => {
      const question = chunk.toString('hex');
      if (question === ASKS.offline || question === ASKS.paper) peer.send(Uint8Array.of(0x12));
      if (question === ASKS.processed && asked++ === 0) peer.send(Uint8Array.of(0x00, 0x00));
    });
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    expect(asked).toBe(2);
  });
});

describe('drawer', () => {
  it.each([
    ['paperOut', [0x32]],
    ['coverOpen', [0x16]],
  ] as const)('opens by the real-time command on %s', async (_trouble, offline) => {
    const { printer, peer } = start('dle');
    answering(peer, { offline: [...offline] });
    expect(await printer.openDrawer()).toEqual({ result: 'confirmed' });
    expect(peer.written().subarray(-5).toString('hex')).toBe('1014010001');
  });

  it('opens by the usual command otherwise, without waiting for a status nobody gives', async () => {
    for (const status of ['none', 'dle'] as const) {
      const { printer, peer } = start(status);
      expect(await printer.openDrawer()).toEqual({ result: 'confirmed' });
      expect(peer.written().subarray(-5).toString('hex')).toBe('1b700032fa');
    }
  });
});

describe('watching a printer', () => {
  function watched(status: PrinterProfile['status'], keepsOpen: boolean) {
    const found = findProfile('generic-80');
    if (found === null) throw new Error('no profile');
    const { transport, peer } = memoryTransport(keepsOpen);
    const states: string[] = [];
    const printer = createPrinter({
      url: 'tcp:printer:9100',
      profile: { ...found, status },
      transport,
      limits: { statusMs: 30, confirmMs: 30, confirmMsPerByte: 0, retryMs: 10, offlineMs: 60, settleMs: 10 },
      pace: { openLineMs: 5, closedLineMs: 5, troubleMs: 5, answerMs: 20 },
      onState: (state) => states.push(state),
    });
    return { printer, peer, states };
  }

  it('gives up one that never answers, and still prints', async () => {
    const { printer, peer, states } = watched('dle', true);
    printer.watchStatus();
    await eventually(() => expect(peer.written().toString('hex')).toBe(ASKS.offline.repeat(3)));
    expect(await printer.print(JOB)).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    expect(peer.written().includes(JOB)).toBe(true);
    expect(printer.state()).toBe('unknown');
    expect(states).toEqual([]);
    await printer.close();
  });

  it.each([true, false])('shows each change once, line kept open: %s', async (keepsOpen) => {
    const { printer, peer, states } = watched('dle', keepsOpen);
    answering(peer, { offline: [0x12], paper: [0x1e] });
    printer.watchStatus();
    await eventually(() => expect(states).toEqual(['paperLow']));
    answering(peer, { offline: [0x32] });
    await eventually(() => expect(states).toEqual(['paperLow', 'paperOut']));
    peer.refuse('refused');
    peer.unplug();
    await eventually(() => expect(states).toEqual(['paperLow', 'paperOut', 'noLink']));
    peer.refuse(null);
    answering(peer, { offline: [0x12], paper: [0x12] });
    await eventually(() => expect(states).toEqual(['paperLow', 'paperOut', 'noLink', 'ready']));
    await printer.close();
  });

  it('opens nothing for a printer that cannot answer', async () => {
    const { printer, peer } = watched('none', true);
    printer.watchStatus();
    await printer.close();
    expect(peer.opened()).toBe(0);
  });
});

describe('a line that tells late what it has taken', () => {
  // Incident: over a tty a jammed knife was told as a broken printer, once in some hundred runs (CI of 1.12.2026).
  it('keeps no question back that can still be asked: the cause of an error is named', async () => {
    const answers: Record<string, number> = { '100402': 0x52, '100403': 0x1a };
    const stream = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        const answer = answers[chunk.toString('hex')];
        if (answer !== undefined) stream.push(Uint8Array.of(answer));
        // Not before the answer has been read.
        setImmediate(() => setImmediate(done));
      },
    });
    const link: Link = { stream, onLost: () => undefined, finish: async () => undefined, close: async () => undefined };
    const found = findProfile('epson-tm');
    if (found === null) throw new Error('no profile');
    const printer = createPrinter({
      url: 'tcp:printer:9100',
      profile: found,
      transport: { answers: true, keepsOpen: true, open: async () => link },
      limits: { statusMs: 5000, retryMs: 1 },
    });
    expect(await printer.print(JOB)).toEqual({ result: 'failed', reason: 'knife', fault: null });
    await printer.close();
  });
});
