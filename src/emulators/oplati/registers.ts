/** Who may call: registers in password mode and in token mode (oplati.md 2, 13.1). */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { PROBLEMS } from './problems.ts';
import type { OplatiSettings } from './settings.ts';
import type { OplatiState, Register } from './state.ts';

export interface RegisteredRegister {
  regNum: string;
  /** Given: password mode. Absent: token mode. */
  password?: string;
}

/** A secret is only ever kept and compared as its hash, so that the state file gives none away. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export class RegisterBook {
  private readonly state: OplatiState;
  private readonly isAnyRegistered: boolean;
  private readonly settings: Pick<OplatiSettings, 'tokenHeader'>;

  /** @param known null: any `regNum` is registered; its mode and password are those it comes with first */
  constructor(
    state: OplatiState,
    settings: Pick<OplatiSettings, 'tokenHeader'>,
    known: readonly RegisteredRegister[] | null,
    tokens: Record<string, string>,
  ) {
    this.state = state;
    this.settings = settings;
    this.isAnyRegistered = known === null;
    for (const { regNum, password } of known ?? []) {
      if (password !== undefined) this.put({ regNum, mode: 'password', secretHash: hashOf(password) });
      else if (this.find(regNum)?.mode !== 'token') this.put({ regNum, mode: 'token', secretHash: null });
    }
    for (const [regNum, token] of Object.entries(tokens)) {
      if (this.find(regNum)?.secretHash == null) this.put({ regNum, mode: 'token', secretHash: hashOf(token) });
    }
  }

  /** @returns the `regNum` that the headers prove; a wrong secret is refused even where none is needed. */
  authenticate(headers: IncomingHttpHeaders, isSecretOptional: boolean): string {
    const regNum = headerOf(headers, 'regnum');
    const token = headerOf(headers, this.settings.tokenHeader);
    const password = headerOf(headers, 'password');
    if (regNum === '') throw PROBLEMS.notAuthorised();
    if (token === '' && password === '' && isSecretOptional && (this.isAnyRegistered || this.find(regNum)))
      return regNum;
    const register = this.find(regNum) ?? (token === '' ? this.firstSight(regNum, password) : undefined);
    const secret = register?.mode === 'token' ? token : password;
    if (secret === '' || register?.secretHash !== hashOf(secret)) throw PROBLEMS.notAuthorised();
    return regNum;
  }

  /** Issues the one token of a register. */
  issueToken(headers: IncomingHttpHeaders): string {
    const regNum = headerOf(headers, 'regnum');
    const register = this.find(regNum);
    if (regNum === '' || (register === undefined && !this.isAnyRegistered)) throw PROBLEMS.notAuthorised();
    // A password is a secret too: a register that has either gets no token.
    if (register?.secretHash != null) throw PROBLEMS.tokenExists();
    const token = randomBytes(32).toString('base64url');
    this.put({ regNum, mode: 'token', secretHash: hashOf(token) });
    return token;
  }

  /** «Сбросить токен» of the merchant cabinet. @returns false when the register has no token mode */
  resetToken(regNum: string): boolean {
    const register = this.find(regNum);
    if (register === undefined ? !this.isAnyRegistered : register.mode === 'password') return false;
    this.put({ regNum, mode: 'token', secretHash: null });
    return true;
  }

  private firstSight(regNum: string, password: string): Register | undefined {
    if (!this.isAnyRegistered || password === '') return undefined;
    return this.put({ regNum, mode: 'password', secretHash: hashOf(password) });
  }

  private find(regNum: string): Register | undefined {
    return this.state.registers.find((register) => register.regNum === regNum);
  }

  private put(register: Register): Register {
    this.state.registers = [...this.state.registers.filter((other) => other.regNum !== register.regNum), register];
    return register;
  }
}

/** Node has already lowered the names, so they match in any case (vector O-17). */
export function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : '').trim();
}
