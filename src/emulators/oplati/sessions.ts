/** Payment sessions: demanded, joined by the buyer, used once or lapsed (oplati.md 3.1, 3.2, 13.13). */
import { randomInt } from 'node:crypto';
import { type Buyer, randomPayload } from './buyer.ts';
import { PROBLEMS } from './problems.ts';
import type { OplatiSettings, PaymentMode } from './settings.ts';
import type { OplatiState, Session } from './state.ts';

type Phase = 'waiting' | 'ready' | 'used' | 'lapsed';

/** Where a session stands at a moment; it needs no timer to get there. */
function phaseOf(session: Session, nowMs: number, ttlMs: number): Phase {
  if (session.isUsed) return 'used';
  if (session.isEnded) return 'lapsed';
  const { demandedAtMs, readyAtMs } = session;
  const joinedAtMs = readyAtMs !== null && readyAtMs < demandedAtMs + ttlMs && readyAtMs <= nowMs ? readyAtMs : null;
  if (nowMs >= (joinedAtMs ?? demandedAtMs) + ttlMs) return 'lapsed';
  return joinedAtMs === null ? 'waiting' : 'ready';
}

export class SessionBook {
  private readonly state: OplatiState;
  private readonly settings: OplatiSettings;
  private readonly buyer: Buyer;

  constructor(state: OplatiState, settings: OplatiSettings, buyer: Buyer) {
    this.state = state;
    this.settings = settings;
    this.buyer = buyer;
  }

  open(regNum: string, mode: PaymentMode, nowMs: number): Session {
    if (!this.settings.parallelSessions) {
      for (const older of this.state.sessions) if (older.regNum === regNum) older.isEnded = true;
    }
    const session: Session = {
      sessionId: this.state.nextSessionId,
      regNum,
      mode,
      demandedAtMs: nowMs,
      readyAtMs: this.plannedReadyAtMs(mode, nowMs),
      isUsed: false,
      isEnded: false,
      key: this.keyFor(mode, regNum, nowMs),
    };
    this.state.nextSessionId += 1;
    this.state.sessions.push(session);
    return session;
  }

  /** Refuses a lapsed session with 166 for ever, an unknown or used one as never demanded. */
  isReady(regNum: string, sessionId: number, nowMs: number): boolean {
    const phase = this.phase(this.find(regNum, sessionId), nowMs);
    if (phase === 'lapsed') throw PROBLEMS.sessionLapsed();
    if (phase === 'used') throw PROBLEMS.noDemand();
    return phase === 'ready';
  }

  /** Takes a ready session for a payment; it cannot be taken again. */
  use(regNum: string, sessionId: number, nowMs: number): Session {
    if (!this.isReady(regNum, sessionId, nowMs)) throw PROBLEMS.noDemand();
    const session = this.find(regNum, sessionId);
    session.isUsed = true;
    return session;
  }

  /** A changed buyer stands before the open sessions now. */
  replan(nowMs: number): void {
    for (const session of this.waiting(nowMs)) session.readyAtMs = this.plannedReadyAtMs(session.mode, nowMs);
  }

  /**
   * The buyer scans or types at this very moment.
   * @param key QR text or confirmation code; null: whatever was demanded last
   * @returns the session, or null when nobody waits for it
   */
  join(key: string | null, nowMs: number): Session | null {
    const session = this.waiting(nowMs).findLast((one) => key === null || one.key === key);
    if (session === undefined) return null;
    session.readyAtMs = nowMs;
    return session;
  }

  private waiting(nowMs: number): Session[] {
    return this.state.sessions.filter((session) => this.phase(session, nowMs) === 'waiting');
  }

  private phase(session: Session, nowMs: number): Phase {
    return phaseOf(session, nowMs, this.settings.sessionTtlMs);
  }

  private find(regNum: string, sessionId: number): Session {
    const session = this.state.sessions.find((one) => one.sessionId === sessionId && one.regNum === regNum);
    if (session === undefined) throw PROBLEMS.noDemand();
    return session;
  }

  private plannedReadyAtMs(mode: PaymentMode, nowMs: number): number | null {
    const afterMs = this.buyer.readyAfterMs(mode);
    return afterMs === null ? null : nowMs + afterMs;
  }

  private keyFor(mode: PaymentMode, regNum: string, nowMs: number): string | null {
    if (mode === 'buyerQr') return null;
    if (mode === 'dynamicQr') return `o-plati://o-cashpay/dyn/${randomPayload()}`;
    // Unique among the live sessions of the register, or the buyer would join a stranger's payment.
    const taken = new Set(
      this.waiting(nowMs)
        .filter((one) => one.regNum === regNum)
        .map((one) => one.key),
    );
    for (;;) {
      const code = String(randomInt(10_000)).padStart(4, '0');
      if (!taken.has(code)) return code;
    }
  }
}
