/** Toybank in the service menu (SCR-35): on or off, and whether its server answers. */
import type { ServicePage } from '../../service-page.ts';

export const toybankService: ServicePage = {
  place: 90,
  heading: 'Toybank',
  on: { key: 'enabled' },
  rows: [
    { is: 'switch', label: 'Работа с системой Toybank', stored: { key: 'enabled' } },
    { is: 'action', label: 'Проверить связь', does: 'check' },
    { is: 'fileState', label: 'Настройки' },
  ],
};
