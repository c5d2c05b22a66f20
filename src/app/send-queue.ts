/** After a long outage a register may have a thousand payments to ask about; so many questions go to one server at a time. */
const AT_ONCE = 8;

interface Waiting {
  attemptId: string;
  start(): void;
}

/**
 * Lets the requests of attempts nobody waits for go by turns; the one the cashier waits for goes at once. Requests start
 * one by one, each in a round of the event loop of its own, so that a key never stands behind a dozen of them.
 * @param isWaitedFor asked when a request comes and when one is chosen: an attempt may be brought to the front meanwhile
 * @returns performs a request; resolves when it has been answered
 */
export function createSendQueue(
  isWaitedFor: (attemptId: string) => boolean,
): (attemptId: string, provider: string, send: () => Promise<void>) => Promise<void> {
  const lanes = new Map<string, { underway: number; waiting: Waiting[] }>();
  let isStarting = false;

  function startSoon(): void {
    if (isStarting) return;
    isStarting = true;
    setImmediate(() => {
      isStarting = false;
      const free = [...lanes.values()].filter(({ underway, waiting }) => underway < AT_ONCE && waiting.length > 0);
      const [lane] = free.sort((a, b) => a.underway - b.underway);
      if (lane === undefined) return;
      const urgent = lane.waiting.findIndex(({ attemptId }) => isWaitedFor(attemptId));
      const [next] = lane.waiting.splice(Math.max(0, urgent), 1);
      lane.underway++;
      next?.start();
      startSoon();
    });
  }

  return async (attemptId, provider, send) => {
    if (isWaitedFor(attemptId)) return send();
    const lane = lanes.get(provider) ?? { underway: 0, waiting: [] };
    lanes.set(provider, lane);
    await new Promise<void>((resolve) => {
      lane.waiting.push({ attemptId, start: resolve });
      startSoon();
    });
    try {
      await send();
    } finally {
      lane.underway--;
      startSoon();
    }
  };
}
