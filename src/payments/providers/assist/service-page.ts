/** Assist in the service menu (SCR-35): what may change at the till without a new account. */
import type { Lock, ServicePage } from '../../service-page.ts';

const LOCK: Lock = { while: 'running', say: 'DOM-108' };

export const assistService: ServicePage = {
  place: 3,
  heading: 'Ассист',
  on: { key: 'enabled' },
  rows: [
    { is: 'switch', label: 'Работа с системой Ассист', stored: { key: 'enabled' } },
    { is: 'switch', label: 'Наличные без связи с сервером', stored: { key: 'cashOffline' }, lock: LOCK },
    {
      is: 'choice',
      label: 'Валюты в списке кассы',
      hint: 'Перейти к выбору: "Ввод"',
      optionHint: 'Выбрать валюты: "Ввод"',
      key: 'currencies',
      options: [
        { value: 'one', label: 'Одна, способ выбирается в заказе' },
        { value: 'four', label: 'Своя для каждого способа' },
      ],
      lock: LOCK,
    },
    { is: 'action', label: 'Проверить связь', does: 'check' },
    { is: 'fileState', label: 'Настройки' },
  ],
};
