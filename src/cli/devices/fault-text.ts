/** Why a device cannot be reached, in the words of the person who can do something about it. Pure. */
import type { TransportFault } from '../../devices/transport/fault.ts';
import { parseDeviceUrl } from '../../devices/transport/url.ts';
import { safeText } from '../../register/safe-text.ts';

const TEXTS: Readonly<Record<Exclude<TransportFault, 'permissionDenied'>, string>> = {
  noDevice: 'устройства нет: проверьте кабель и путь',
  busy: 'порт занят другой программой',
  notTty: 'это не последовательный порт',
  refused: 'соединение отклонено: проверьте адрес и порт',
  unreachable: 'адрес недоступен: проверьте сеть',
  timeout: 'нет ответа: проверьте питание, сеть и адрес',
  lost: 'связь прервалась',
  other: 'порт не открывается',
};

/** @param url of the device: it tells which group gives access (devices.md 3.2) */
export function faultText(fault: TransportFault, url: string): string {
  if (fault !== 'permissionDenied') return TEXTS[fault];
  const group = groupOf(url);
  const remedy = group === null ? 'проверьте права на файл' : `добавьте пользователя в группу ${group}`;
  return `нет доступа: ${remedy}`;
}

/** Path of a serial port or a file, null for what has none. */
export function pathOf(url: string): string | null {
  const parsed = parseDeviceUrl(url);
  return parsed.ok && 'path' in parsed.url ? safeText(parsed.url.path, 1024) : null;
}

function groupOf(url: string): 'dialout' | 'lp' | null {
  const path = pathOf(url) ?? '';
  if (/^\/dev\/(?:usb\/)?lp\d/.test(path)) return 'lp';
  return url.startsWith('serial:') || path.startsWith('/dev/') ? 'dialout' : null;
}
