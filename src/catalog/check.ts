import { existsSync } from 'node:fs';
import { catalogFaultOf, openStorage } from './storage.ts';

/** How the file of the goods dictionary is. Reads it whole, beside a running register. */
export function checkCatalog(
  path: string,
): { goods: number } | { absent: true } | { problem: string; fault: 'damaged' | 'newer' | 'other' } {
  if (!existsSync(path)) return { absent: true };
  try {
    const storage = openStorage(path, { readonly: true });
    try {
      if (storage.pragma('quick_check(1)', { simple: true }) !== 'ok') {
        return { problem: 'Справочник товаров поврежден', fault: 'damaged' };
      }
      return { goods: Number(storage.prepare('SELECT count(*) FROM tmc').pluck().get()) };
    } finally {
      storage.close();
    }
  } catch (error) {
    const { code, say } = catalogFaultOf(error, path);
    return { problem: say, fault: code === 'damaged' || code === 'newer' ? code : 'other' };
  }
}
