import type { Printer } from '../devices/printer/printer.ts';
import type { PrintJob } from '../journal/print-job.ts';
import type { Log } from '../log/terminal-log.ts';
import { networkWord } from '../payments/answer-words.ts';
import type { HttpReply, HttpRequest, NoReply } from '../payments/driver.ts';
import type { DeviceCommand } from '../payments/gateway.ts';
import type { LinkTools, probeLink } from '../payments/link-probe.ts';
import type { Comparison } from '../payments/reconcile.ts';
import type { LinkStep, Stored } from '../payments/service-page.ts';
import { safeText } from '../register/safe-text.ts';
import type { BellPattern } from './bells.ts';
import type { Clock } from './clock.ts';
import { createSendQueue } from './send-queue.ts';
import type { Effect, Message, Report } from './state.ts';
import type { ChangeProblem } from './systems.ts';

/** Hands one request to the provider's server; never throws. */
export type Send = (
  request: HttpRequest,
  provider: string,
  onPart?: (part: HttpReply) => void,
  onDate?: (date: string) => void,
) => Promise<{ reply: HttpReply } | { noReply: NoReply }>;

/** A printer that could not be reached is tried again after this long, for ever. */
const PRINT_RETRY_MS = 5000;

export interface EffectPorts {
  clock: Clock;
  post(message: Message): void;
  send: Send;
  /** Walks to the provider's server, and sends by the given way. */
  probeLink(
    provider: string,
    request: HttpRequest,
    onStep: (step: LinkStep) => void,
    send: LinkTools['send'],
  ): ReturnType<typeof probeLink>;
  /** The cashier waits for this attempt. */
  isWaitedFor(attemptId: string): boolean;
  storeToken(provider: string, token: string): void;
  bell(pattern: BellPattern): void;
  /** Whose password it is: the named user's, or (null) any user's. */
  ownerOf(userCode: string | null, password: string): Promise<string | null>;
  printer: Printer;
  /** Bytes of a job; null when its document is not to be found. */
  bytesOf(job: PrintJob): Promise<Uint8Array | null>;
  nextPrintJob(): PrintJob | null;
  /** @returns the file and parameter that are wrong, null when the change is written */
  changeSystem(name: string, stored: Stored, value: string): Promise<ChangeProblem | null>;
  /** Slice by slice, so that no key waits for it. @throws a fault of the storage */
  compare(report: Report): Promise<Comparison>;
  paymentDevice(attemptId: string, provider: string, action: DeviceCommand): Promise<void>;
  log: Log;
  checkpoint(): void;
  exit(code: number): void;
}

/** Performs effects. Everything that comes back comes back as a message. */
export function createEffects(ports: EffectPorts): (effect: Effect) => void | Promise<void> {
  let printing = false;
  let starting: unknown = null;
  let printPausedUntilMs = 0;
  const inTurn = createSendQueue(ports.isWaitedFor);

  function pumpPrinter(isNow: boolean): void {
    if (isNow) printPausedUntilMs = 0;
    const job = ports.nextPrintJob();
    if (printing || job === null) return;
    // A pulse that comes late is no use; what is wrong with the paper does not concern the drawer.
    const pauseMs = job.kind === 'drawer' ? 0 : Math.max(0, printPausedUntilMs - ports.clock.now());
    if (starting !== null) ports.clock.clearTimeout(starting);
    starting = ports.clock.setTimeout(() => {
      starting = null;
      ports.post({ type: 'printStarting', jobId: job.jobId });
    }, pauseMs);
  }

  async function printJob(job: PrintJob): Promise<void> {
    printing = true;
    const bytes = await ports.bytesOf(job).catch((error: unknown) => {
      ports.log.error('printer', `Задание ${job.jobId} (${job.kind}) не построено: ${String(error)}`);
      return null;
    });
    // A job that cannot be built has nothing to say; it must not stand before the others for ever.
    const result = bytes === null ? ({ result: 'confirmed' } as const) : await sendJob(job, bytes);
    printing = false;
    printPausedUntilMs = result.result === 'failed' ? ports.clock.now() + PRINT_RETRY_MS : 0;
    if (result.result !== 'confirmed') {
      ports.log.warn('printer', `Задание ${job.jobId} (${job.kind}): ${result.result} ${result.reason}`);
    }
    ports.post({ type: 'printed', jobId: job.jobId, result: result.result });
  }

  function sendJob(job: PrintJob, bytes: Uint8Array): ReturnType<Printer['print']> {
    return job.kind === 'drawer' ? ports.printer.openDrawer() : ports.printer.print(bytes);
  }

  /** Every request and what came of it stand in the log. */
  async function exchange(
    provider: string,
    request: HttpRequest,
    ...listeners: [onPart?: (part: HttpReply) => void, onDate?: (date: string) => void]
  ): ReturnType<Send> {
    const path = request.url.replace(/^https?:\/\/[^/]+/, '');
    ports.log.info(provider, `${request.method} ${path} ${request.body ?? ''}`);
    const answer = await ports.send(request, provider, ...listeners);
    if ('reply' in answer) {
      ports.log.info(
        provider,
        `${request.method} ${path}: ${answer.reply.status} ${safeText(answer.reply.body, 2000)}`,
      );
    } else {
      const { kind, code } = answer.noReply;
      const words = {
        notSent: 'не отправлен',
        lost: 'нет ответа',
        tooLarge: 'ответ слишком велик',
        notHttp: 'ответ не HTTP',
      } as const;
      const word = networkWord(code);
      const why = code === undefined ? '' : ` (${code})${word === null ? '' : `: ${word}`}`;
      ports.log.warn(provider, `${request.method} ${path}: ${words[kind]}${why}`);
    }
    return answer;
  }

  async function send(attemptId: string, provider: string, request: HttpRequest): Promise<void> {
    const onPart = (reply: HttpReply) => ports.post({ type: 'reply', attemptId, reply });
    const answer = await exchange(provider, request, onPart);
    if ('reply' in answer) ports.post({ type: 'reply', attemptId, reply: answer.reply });
    else ports.post({ type: 'noReply', attemptId, noReply: answer.noReply });
  }

  async function checkLink(attemptId: string, provider: string, request: HttpRequest): Promise<void> {
    const onStep = (step: LinkStep) => ports.post({ type: 'linkStep', attemptId, step });
    const { result, ms } = await ports.probeLink(provider, request, onStep, (asked, onDate) =>
      exchange(provider, asked, undefined, onDate),
    );
    ports.post({ type: 'linkAnswer', attemptId, result, ms });
  }

  return (effect) => {
    switch (effect.do) {
      case 'storeToken':
        return ports.storeToken(effect.provider, effect.token);
      case 'send':
        return inTurn(effect.attemptId, effect.provider, () => send(effect.attemptId, effect.provider, effect.request));
      case 'checkLink':
        return checkLink(effect.attemptId, effect.provider, effect.request);
      case 'compare': {
        const { provider, othersCount } = effect.report;
        const report = { provider, othersCount };
        return ports.compare(effect.report).then(
          (comparison) => ports.post({ type: 'compared', report, comparison }),
          (error: unknown) => {
            ports.log.error('kassa', `Сверка не выполнена: ${String(error)}`);
            ports.post({ type: 'compared', report, comparison: null });
          },
        );
      }
      case 'paymentDevice':
        return ports.paymentDevice(effect.attemptId, effect.provider, effect.action);
      case 'bell':
        return ports.bell(effect.pattern);
      case 'checkPassword': {
        const { purpose, userCode, password, delayMs } = effect;
        return new Promise((resolve) => {
          ports.clock.setTimeout(() => {
            const done = (owner: string | null) => {
              ports.post({ type: 'passwordChecked', purpose, userCode: owner });
              resolve();
            };
            ports.ownerOf(userCode, password).then(done, (error: unknown) => {
              ports.log.error('kassa', `Пароль не проверен: ${String(error)}`);
              ports.post({ type: 'passwordChecked', purpose, userCode: null, isUnreadable: true });
              resolve();
            });
          }, delayMs);
        });
      }
      case 'print':
        return pumpPrinter(effect.now === true);
      case 'printJob':
        return printJob(effect.job);
      case 'changeSystem':
        return ports
          .changeSystem(effect.system, effect.stored, effect.value)
          .then((problem) => ports.post({ type: 'systemChanged', problem }));
      case 'log':
        return ports.log[effect.level](effect.logger, effect.text);
      case 'checkpoint':
        // Between receipts, and after the screen has been painted.
        ports.clock.setTimeout(() => ports.checkpoint(), 0);
        return;
      case 'retryWrites':
        return;
      case 'exit':
        return ports.exit(effect.code);
    }
  };
}
