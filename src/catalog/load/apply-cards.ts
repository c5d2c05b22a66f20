/** Writes cards, their groups and their owners. */
import type { Storage } from '../storage.ts';
import type { CardChange } from './card-changes.ts';

/** @returns how many rows of what were written or taken away; null when a table was emptied */
export function applyCardChange(
  storage: Storage,
  change: CardChange,
): { kind: 'cardGroups' | 'cards' | 'clients' | 'deleted'; count: number } | null {
  const run = (sql: string, ...values: (string | number | null)[]) => storage.prepare(sql).run(...values).changes;
  const put = (table: string, ...values: (string | number | null)[]): number => {
    run(`INSERT OR REPLACE INTO ${table} VALUES (${values.map(() => '?').join(', ')})`, ...values);
    return 1;
  };
  const deleted = (sql: string, ...values: (string | number)[]) => ({
    kind: 'deleted' as const,
    count: run(sql, ...values),
  });
  switch (change.do) {
    case 'addCardGroup': {
      const { code, name, text, cardMode, inputMask, pattern, notAddEmptyCard, discountBasisPoints } = change.cardGroup;
      const values = [code, name, text, cardMode, inputMask, pattern, Number(notAddEmptyCard), discountBasisPoints];
      return { kind: 'cardGroups', count: put('cardgroup', ...values) };
    }
    case 'deleteCardGroup':
      return deleted('DELETE FROM cardgroup WHERE idcardgroup = ?', change.code);
    case 'clearCardGroups':
      storage.exec('DELETE FROM cardgroup');
      return null;
    case 'addCard': {
      const { id, number, groupCode, clientId, validFrom, validUntil, isBlocked, discountBasisPoints } = change.card;
      const values = [number, id, groupCode, clientId, validFrom, validUntil, Number(isBlocked), discountBasisPoints];
      return { kind: 'cards', count: put('card', ...values) };
    }
    case 'deleteCard':
      return deleted('DELETE FROM card WHERE idcard = ? OR number = ?', change.id, change.id);
    case 'clearCards':
      storage.exec('DELETE FROM card');
      return null;
    case 'addAdditionalCard': {
      const { number, cardNumber, groupCode, isActive } = change.card;
      return { kind: 'cards', count: put('additionalcard', number, cardNumber, groupCode, Number(isActive)) };
    }
    case 'deleteAdditionalCard':
      return deleted('DELETE FROM additionalcard WHERE additionalnumber = ?', change.number);
    case 'clearAdditionalCards':
      storage.exec('DELETE FROM additionalcard');
      return null;
    case 'addClient': {
      const { id, name, phone } = change.client;
      return { kind: 'clients', count: put('client', id, name, phone) };
    }
    case 'deleteClient':
      return deleted('DELETE FROM client WHERE idclient = ?', change.id);
    case 'clearClients':
      storage.exec('DELETE FROM client');
      return null;
  }
}
