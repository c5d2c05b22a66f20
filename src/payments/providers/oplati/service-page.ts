/** О!плати in the service menu (SCR-35): the names, their dependence and the messages are those of the zPOS manual. */
import type { ServicePage } from '../../service-page.ts';

const RUNNING = 'OPL-36';

export const oplatiService: ServicePage = {
  place: 1,
  heading: 'Параметры',
  on: { flag: 'oplatiEnabled' },
  rows: [
    {
      is: 'switch',
      label: 'Оплата с помощью иных способов безналичных оплат',
      stored: { flag: 'otherCashless' },
      heldBy: { flag: 'oplatiEnabled', say: 'OPL-32' },
    },
    {
      is: 'switch',
      label: 'Работа с системой ОПЛАТИ',
      stored: { flag: 'oplatiEnabled' },
      needs: { flag: 'otherCashless' },
    },
    {
      is: 'choice',
      label: 'Режим работы',
      hint: 'Перейти к выбору режима: "Ввод"',
      optionHint: 'Выбрать режим: "Ввод"',
      key: 'mode',
      // The order of the mock-up; 0 stands last.
      options: [
        { value: '1', label: 'Статический QR продавца' },
        { value: '2', label: 'Динамический QR продавца' },
        { value: '0', label: 'QR-код покупателя' },
      ],
      lock: { while: 'running', say: RUNNING },
    },
    {
      is: 'text',
      label: 'Номер кассы',
      hint: 'Ввести номер кассы: "Ввод"',
      key: 'regNum',
      ask: 'OPL-37',
      absent: 'не заполнен',
      // Another number could not even ask about what this one has begun.
      lock: { while: 'unfinished', say: RUNNING },
    },
    { is: 'action', label: 'Получить токен', does: 'token', needs: { key: 'regNum', say: 'OPL-35' } },
    { is: 'action', label: 'Проверить связь', does: 'check' },
    { is: 'tokenState', label: 'Токен' },
    {
      is: 'note',
      label: 'Способ оплаты "ОПЛАТИ": добавлен автоматически, изменение недоступно',
      hint: 'Способ оплаты "ОПЛАТИ" есть, пока включена работа с системой',
      off: 'Способ оплаты "ОПЛАТИ": отключен',
      say: 'OPL-33',
    },
  ],
};
