import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock as DeviceClock } from '../devices/clock.ts';
import type { PaymentProgram } from '../devices/program/program.ts';
import type { CardReader } from '../devices/reader/reader.ts';
import type { Log } from '../log/terminal-log.ts';
import type { DeviceCommand } from '../payments/gateway.ts';
import type { ReaderEvent } from '../payments/ports.ts';
import { safeText } from '../register/safe-text.ts';
import { type OpenDevice, withTransport } from './hardware.ts';
import type { Message } from './state.ts';

export interface PaymentDevicePorts {
  /** Where a provider's reader and program are; null = its settings cannot be read, or it has neither. */
  placesOf(provider: string): { readerUrl: string; program: string } | null;
  /** Holds the name of the reader that was used last. */
  lastReaderFile: string;
  clock: DeviceClock;
  openDevice: OpenDevice;
  log: Log;
  post(message: Message): void;
}

export interface PaymentDevices {
  perform(attemptId: string, provider: string, action: DeviceCommand): Promise<void>;
  stop(): Promise<void>;
}

const NAME_LENGTH = 60;

/**
 * The card reader and the payment program. Each is loaded and opened when a payment first asks for it: a register that
 * never takes a card never pays for that at its start.
 */
export function createPaymentDevices(ports: PaymentDevicePorts): PaymentDevices {
  let reader: { url: string; device: CardReader } | null = null;
  let program: { command: string; device: PaymentProgram } | null = null;
  // Whose payment is under way at each: what a device says belongs to it.
  let readsFor = '';
  let programRunsFor = '';
  // One command after another: a device that is still being loaded must not be opened a second time by the next one.
  let inTurn: Promise<void> = Promise.resolve();

  async function readerAt(url: string): Promise<CardReader> {
    if (reader?.url === url) return reader.device;
    await reader?.device.close();
    const { createReader } = await import('../devices/reader/reader.ts');
    const device = createReader({
      url,
      lastName,
      remember,
      clock: ports.clock,
      ...withTransport(ports.openDevice(url)),
      onEvent: (event) => {
        ports.log.info('reader', `Картридер: ${event.is}`);
        ports.post({ type: 'paymentDevice', attemptId: readsFor, input: { device: 'reader', event } });
      },
      onAlarm: (text) => ports.log.error('reader', text),
    });
    reader = { url, device };
    return device;
  }

  async function programOf(command: string): Promise<PaymentProgram> {
    if (program?.command === command) return program.device;
    program?.device.close();
    const { createProgram } = await import('../devices/program/program.ts');
    const device = createProgram({
      command,
      clock: ports.clock,
      onEvent: (event) => {
        ports.log.info('program', `Программа оплаты: ${event.is}`);
        ports.post({ type: 'paymentDevice', attemptId: programRunsFor, input: { device: 'program', event } });
      },
    });
    program = { command, device };
    return device;
  }

  function lastName(): string | null {
    try {
      return safeText(readFileSync(ports.lastReaderFile, 'utf8'), NAME_LENGTH) || null;
    } catch {
      // Absent: no reader has been used yet.
      return null;
    }
  }

  function remember(name: string): void {
    try {
      mkdirSync(dirname(ports.lastReaderFile), { recursive: true });
      writeFileSync(ports.lastReaderFile, name);
    } catch (error) {
      // It only saves the cashier a search.
      ports.log.warn('reader', `Имя картридера не сохранено: ${String(error)}`);
    }
  }

  async function perform(attemptId: string, provider: string, action: DeviceCommand): Promise<void> {
    const places = ports.placesOf(provider);
    if (action.device === 'program') {
      programRunsFor = attemptId;
      (await programOf(places?.program ?? '')).command(action.command);
      return;
    }
    readsFor = attemptId;
    try {
      (await readerAt(places?.readerUrl || 'none')).command(action.command);
    } catch (error) {
      // An address of the settings that nothing can be behind: there is no reader.
      ports.log.error('reader', `Картридер не открыт: ${String(error)}`);
      const event: ReaderEvent = { is: 'notFound' };
      ports.post({ type: 'paymentDevice', attemptId, input: { device: 'reader', event } });
    }
  }

  return {
    perform(attemptId, provider, action) {
      const performed = inTurn.then(() => perform(attemptId, provider, action));
      inTurn = performed.catch(() => undefined);
      return performed;
    },
    async stop() {
      await inTurn;
      program?.device.close();
      await reader?.device.close();
    },
  };
}
