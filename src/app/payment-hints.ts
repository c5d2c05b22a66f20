/**
 * What payment systems tell by themselves. Nobody signs it so that a register could believe it, so it decides nothing: the attempt whose
 * number is named asks its server at once, and no oftener than the pause allows, however much is told.
 */
import type { Attempt } from '../payments/attempt.ts';
import type { Driver } from '../payments/driver.ts';
import { safeText } from '../register/safe-text.ts';
import type { Message } from './state.ts';

/** Between two questions of one attempt that come of what was told. */
const PAUSE_MS = 3_000;
/** Between two lines of the log about what led to no question. */
const SUMMARY_MS = 60_000;

export interface HintPorts {
  drivers: ReadonlyMap<string, Driver>;
  /** Those that are not at their end. */
  attempts(): readonly Attempt[];
  now(): number;
  log: { info(logger: string, text: string): void; warn(logger: string, text: string): void };
  post(message: Extract<Message, { type: 'hinted' }>): void;
}

/** @returns what hears a notification; false = no system is told things under this path (`/paymaster`) */
export function createHints(ports: HintPorts): (path: string, body: string) => boolean {
  const { drivers, attempts, now, log, post } = ports;
  const heardAtMs = new Map<string, number>();
  const left = { unreadable: 0, unknown: 0, repeated: 0 };
  let toldAtMs = Number.NEGATIVE_INFINITY;

  /** Counted, and a line now and then: a flood must not fill the log. */
  function leave(why: keyof typeof left): true {
    left[why] += 1;
    if (now() - toldAtMs >= SUMMARY_MS) {
      const { unreadable, unknown, repeated } = left;
      log.warn(
        'notifications',
        `без запроса: не о своем заказе ${unknown}, повтор ${repeated}, не разобрано ${unreadable}`,
      );
      Object.assign(left, { unreadable: 0, unknown: 0, repeated: 0 });
      toldAtMs = now();
    }
    return true;
  }

  return (path, body) => {
    const driver = drivers.get(path.slice(1));
    if (driver?.readHint === undefined) return false;
    const orderNumber = driver.readHint(body);
    if (orderNumber === null) return leave('unreadable');
    const attempt = attempts().find((one) => one.provider === driver.name && one.order.orderNumber === orderNumber);
    if (attempt === undefined) return leave('unknown');
    const { attemptId } = attempt;
    if (now() - (heardAtMs.get(attemptId) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS) return leave('repeated');
    // Of those that have ended nothing needs to be kept.
    for (const known of heardAtMs.keys())
      if (!attempts().some((one) => one.attemptId === known)) heardAtMs.delete(known);
    heardAtMs.set(attemptId, now());
    log.info('notifications', `${driver.name} order=${safeText(orderNumber, 64)}: состояние запрошено`);
    post({ type: 'hinted', attemptId });
    return true;
  };
}
