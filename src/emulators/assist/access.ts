/** Who may call: the credentials of the forms and the tokens of the abort service (assist.md 2, 3.5). */
import { createHash, randomBytes } from 'node:crypto';
import { PROBLEMS } from './problems.ts';
import type { Form } from './requests.ts';
import type { AssistSettings } from './settings.ts';
import type { AssistState } from './state.ts';
import { checkValue } from './wire.ts';

const KEPT_TOKENS = 100;
/** They are under the check value of a create where they are sent, in this order. */
const MORE_SEALED = ['OrderMaxPoints', 'CustomerNumber', 'Disable3DS', 'Prepayment'];

export class Gatekeeper {
  private readonly state: AssistState;
  private readonly settings: AssistSettings;

  constructor(state: AssistState, settings: AssistSettings) {
    this.state = state;
    this.settings = settings;
  }

  /** `Login` and `Password`; a wrong one is 401, so it is looked at first. */
  checkLogin(form: Form): void {
    const { login, password } = this.settings;
    if (form.text('Login') !== login || form.text('Password') !== password) throw PROBLEMS.accessDenied();
  }

  checkMerchant(form: Form): void {
    this.checkLogin(form);
    if (form.text('Merchant_ID') !== this.settings.merchantId) throw PROBLEMS.merchant();
  }

  /** The check value of a create, once a secret word is set (assist.md 12.19). */
  checkSeal(form: Form, isRequired: boolean): void {
    const { secretWord } = this.settings;
    const seal = form.text('Checkvalue');
    if (secretWord === null || (seal === '' && !isRequired)) return;
    const always = ['Merchant_ID', 'OrderNumber', 'OrderAmount', 'OrderCurrency'].map((name) => form.text(name));
    const more = MORE_SEALED.map((name) => form.text(name)).filter((text) => text !== '');
    const signed = [...always, ...more];
    if (seal !== checkValue(secretWord, signed.join(';'))) throw PROBLEMS.checkValue();
  }

  /** @returns the id of the application of this device; an earlier one is good no longer */
  register(device: string): string {
    const id = randomBytes(16).toString('hex');
    this.state.registrations = { ...this.state.registrations, [device]: hashOf(id) };
    return id;
  }

  checkRegistration(device: string, id: string): void {
    if (this.state.registrations?.[device] !== hashOf(id)) throw PROBLEMS.registration();
  }

  issueTokens(): { access_token: string; refresh_token: string } {
    const token = randomBytes(32).toString('base64url');
    this.state.tokenHashes = [...this.state.tokenHashes, hashOf(token)].slice(-KEPT_TOKENS);
    return { access_token: token, refresh_token: randomBytes(32).toString('base64url') };
  }

  checkToken(authorization: string): void {
    const [scheme = '', token = ''] = authorization.split(' ');
    const isKnown = scheme.toLowerCase() === 'bearer' && this.state.tokenHashes.includes(hashOf(token));
    if (!isKnown) throw PROBLEMS.accessDenied();
  }
}

/** A token is only ever kept as its hash, so that the state file gives none away. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
