/** PayMaster in the service menu (SCR-35): what may change at the till without a new account. */
import type { ServicePage } from '../../service-page.ts';

export const paymasterService: ServicePage = {
  place: 2,
  heading: 'PayMaster',
  on: { key: 'enabled' },
  rows: [
    { is: 'switch', label: 'Работа с системой PayMaster', stored: { key: 'enabled' } },
    {
      is: 'choice',
      label: 'Вывод QR-кода',
      hint: 'Перейти к выбору: "Ввод"',
      optionHint: 'Выбрать вывод QR-кода: "Ввод"',
      key: 'display',
      options: [
        { value: '1', label: 'На экране' },
        { value: '0', label: 'Печать на чековой ленте' },
        // Without a plate the next payment could only say SYS-08.
        { value: '2', label: 'Только сообщение (табличка)', needs: 'stickerId' },
      ],
      lock: { while: 'running', say: 'DOM-108' },
    },
    { is: 'action', label: 'Проверить связь', does: 'check' },
    { is: 'fileState', label: 'Настройки' },
  ],
};
