/** Dialogs that ask for a password: DOM-06 (SCR-33), the second user's consent, and DOM-95, log-in by code. */
import type { Context } from '../ui/context.ts';
import type { ContextRef } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { CANCEL, drawBox, fieldText, OK, wrapText } from './box.ts';
import { closeBinding, confirmBinding, emptyInput } from './parts.ts';

/** A step that wants the second user's password. */
type Confirmable = Extract<Step, { password: string }>;

export interface SecondUserLocal {
  /** Line 1: `Сторно текущей позиции`, `Решение по оплате`, ... */
  operation: string;
  /** Performed with the password that was typed; its own one stays empty, so that no recording holds it. */
  step: Confirmable;
}

export const secondUser: Context<SecondUserLocal> = {
  name: 'second-user',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'password', maxLength: 20 },
  view(canvas, at) {
    drawBox(canvas, at, {
      title: 'Подтверждение операции',
      number: 'DOM-06',
      kind: 'input',
      lines: [...wrapText(at.local.operation), 'Требуется подтверждение другим пользователем', 'Пароль'],
      below: fieldText('*'.repeat(at.text.length)),
      buttons: [OK, CANCEL],
    });
  },
  hint: () => '',
  bindings: [
    confirmBinding<SecondUserLocal>(
      ({ local, text }) => [{ do: 'close' }, { ...local.step, password: text }],
      emptyInput,
    ),
    closeBinding,
  ],
};

export function secondUserRef(operation: string, step: Confirmable): ContextRef {
  return { name: 'second-user', local: { operation, step }, text: '' };
}

export interface PasswordLocal {
  userCode: string;
}

/** Log-in with a hidden user list: the code was typed, its password follows. */
export const password: Context<PasswordLocal> = {
  name: 'password',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'password', maxLength: 20 },
  view(canvas, at) {
    const user = at.model.users.find(({ code }) => code === at.local.userCode);
    drawBox(canvas, at, {
      title: 'Регистрация кассира',
      number: 'DOM-95',
      kind: 'input',
      lines: [`Пользователь: ${user?.name ?? at.local.userCode}`, 'Введите пароль'],
      below: fieldText('*'.repeat(at.text.length)),
      buttons: [OK, CANCEL],
    });
  },
  hint: () => 'Введите пароль и нажмите "Ввод"',
  bindings: [
    confirmBinding<PasswordLocal>(
      ({ local, text }) => [{ do: 'close' }, { do: 'logIn', userCode: local.userCode, password: text }],
      emptyInput,
    ),
    closeBinding,
  ],
};
