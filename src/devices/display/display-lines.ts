import { formatKopecks } from '../../register/money.ts';
import { formatQuantity } from '../../register/quantity.ts';
import { DISPLAY_COLUMNS } from './encode.ts';

/** What the buyer is to see. Texts have passed `safeText`. */
export type Shown =
  | { kind: 'idle' }
  | { kind: 'item'; name: string; quantityThousandths: number; isFractional: boolean; sumKopecks: number }
  | { kind: 'total'; totalKopecks: number }
  | { kind: 'change'; receivedKopecks: number; changeKopecks: number }
  /** Out of the drawer, change aside. */
  | { kind: 'payOut'; sumKopecks: number }
  | { kind: 'qr'; totalKopecks: number };

/** Two lines of at most 20 columns. Words give way to figures: a sum is never cut. */
export function displayLines(shown: Shown): { upper: string; lower: string } {
  switch (shown.kind) {
    case 'idle':
      return { upper: '  ДОБРО ПОЖАЛОВАТЬ', lower: '' };
    case 'item': {
      const quantity = formatQuantity(shown.quantityThousandths, shown.isFractional);
      return { upper: shown.name.slice(0, DISPLAY_COLUMNS), lower: pair(`КОЛ. ${quantity}`, shown.sumKopecks) };
    }
    case 'total':
      return { upper: 'ИТОГО', lower: pair('', shown.totalKopecks) };
    case 'change':
      return { upper: pair('ПОЛУЧЕНО', shown.receivedKopecks), lower: pair('СДАЧА', shown.changeKopecks) };
    case 'payOut':
      return { upper: 'ВЫДАТЬ НАЛИЧНЫМИ', lower: pair('', shown.sumKopecks) };
    case 'qr':
      return { upper: 'ОТСКАНИРУЙТЕ QR-КОД', lower: pair('К ОПЛАТЕ', shown.totalKopecks) };
  }
}

/** The sum at the right edge; what does not fit before it whole is left out, because a cut quantity is another quantity. */
function pair(left: string, sumKopecks: number): string {
  const sum = formatKopecks(sumKopecks);
  const fits = left.length + 1 + sum.length <= DISPLAY_COLUMNS;
  return (fits ? left : '').padEnd(DISPLAY_COLUMNS - sum.length) + sum;
}
