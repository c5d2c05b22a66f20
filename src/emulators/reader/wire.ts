/** The reader's line, written down a second time (docs/reader-protocol.md): an emulator shares no code with the register. */

export type Ask =
  | { ask: 'ping' }
  | { ask: 'search' }
  | { ask: 'connect'; name: string }
  | { ask: 'updateFirmware' }
  | { ask: 'pay'; orderNumber: string; amount: number; currency: string; email?: string }
  | { ask: 'selectApplication'; index: number }
  | { ask: 'signature'; given: boolean }
  | { ask: 'abort'; orderNumber: string | null };

/** One line to the register; lines of a payment carry its order number. */
export type ReaderSays = { is: string; orderNumber?: string } & Record<string, unknown>;

/** What of these lines a reader understands; it leaves the rest alone. */
export function readAsks(lines: readonly string[]): Ask[] {
  return lines.map(readAsk).filter((ask) => ask !== null);
}

function readAsk(line: string): Ask | null {
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(line));
  } catch {
    return null;
  }
  const { ask, name, orderNumber, amount, currency, index, given, email } = fields;
  switch (ask) {
    case 'ping':
    case 'search':
    case 'updateFirmware':
      return { ask };
    case 'connect':
      return typeof name === 'string' ? { ask, name } : null;
    case 'pay': {
      const isSum = typeof amount === 'number' && Number.isSafeInteger(amount) && amount > 0;
      const isOrder = typeof orderNumber === 'string' && typeof currency === 'string';
      const mail = typeof email === 'string' ? { email } : {};
      return isSum && isOrder ? { ask, orderNumber, amount, currency, ...mail } : null;
    }
    case 'selectApplication':
      return typeof index === 'number' ? { ask, index } : null;
    case 'signature':
      return typeof given === 'boolean' ? { ask, given } : null;
    case 'abort':
      return { ask, orderNumber: typeof orderNumber === 'string' ? orderNumber : null };
    default:
      return null;
  }
}
