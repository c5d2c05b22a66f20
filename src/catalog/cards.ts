/** Discount and loyalty cards (domain.md 2.13): which cards a number or a phone means, and whether they may be used. */
import { safeText } from '../register/safe-text.ts';
import { cardPattern, MAX_CARD_NUMBER } from './card-pattern.ts';
import { phoneDigits } from './phone.ts';
import type { Statement, Storage } from './storage.ts';

export interface CardGroup {
  code: number;
  name: string;
  cardMode: number;
  /** Bits of the ways a card may come, see `INPUT`. */
  inputMask: number;
  pattern: string;
  notAddEmptyCard: boolean;
  /** Hundredths of a percent; a card may have its own. */
  discountBasisPoints: number;
}

/** 32 is published; the single bits below it are ours (domain.md 2.13). */
const INPUT = { keyboard: 1, scanner: 2, phone: 8, processing: 32 } as const;

/** `processing`: a payment system told of it, out of the buyer's application. */
export type CardInput = 'keyboard' | 'scanner' | 'phone' | 'processing';

export interface FoundCard {
  number: string;
  group: CardGroup;
  discountBasisPoints: number;
}

/**
 * `DOM-70` not found, `DOM-71` not by this way, `DOM-72` phone not found, `DOM-73` blocked, `DOM-74` out of its dates, `OPL-11`
 * no group for a card of a payment system.
 */
export type CardAnswer =
  | { cards: FoundCard[] }
  | { refused: 'DOM-70' | 'DOM-71' | 'DOM-72' | 'DOM-73' | 'DOM-74' | 'OPL-11' };

export interface Cards {
  cardGroups(): CardGroup[];
  /**
   * The one judge of a card, however it came. A phone may have several that can be used.
   * @param today local day, `YYYY-MM-DD`
   */
  findCard(text: string, input: CardInput, today: string): CardAnswer;
}

interface GroupRow {
  idcardgroup: number;
  name: string;
  cardmode: number;
  inputmask: number;
  pattern: string;
  notaddemptycard: number;
  discount_basis_points: number;
}

interface CardRow extends GroupRow {
  number: string;
  blocked: number;
  validitydatebeg: string | null;
  validitydateend: string | null;
  own_discount: number | null;
}

const GROUP_COLUMNS =
  'g.idcardgroup, g.name, g.cardmode, g.inputmask, g.pattern, g.notaddemptycard, g.discount_basis_points';
const CARD_COLUMNS = `${GROUP_COLUMNS}, c.number, c.blocked, c.validitydatebeg, c.validitydateend,
  c.discount_basis_points AS own_discount`;

const GROUPS = `SELECT ${GROUP_COLUMNS} FROM cardgroup g ORDER BY g.idcardgroup`;
const BY_NUMBER = `SELECT ${CARD_COLUMNS} FROM card c JOIN cardgroup g USING (idcardgroup) WHERE c.number = ?`;
// An additional number stands for a card; without one it is a card of its group by itself.
const BY_ADDITIONAL_NUMBER = `SELECT ${GROUP_COLUMNS}, coalesce(c.number, a.additionalnumber) AS number,
    NOT a.isactive OR coalesce(c.blocked, 0) AS blocked, c.validitydatebeg, c.validitydateend,
    c.discount_basis_points AS own_discount
  FROM additionalcard a LEFT JOIN card c ON c.number = a.cardnumber
  JOIN cardgroup g ON g.idcardgroup = coalesce(c.idcardgroup, a.idcardgroup) WHERE a.additionalnumber = ?`;
const BY_PHONE = `SELECT ${CARD_COLUMNS} FROM client JOIN card c USING (idclient) JOIN cardgroup g USING (idcardgroup)
  WHERE client.phone = ? ORDER BY c.number`;

/** Statements are prepared when first used: most starts of the register see no card. */
export function prepareCards(storage: Storage): Cards {
  const prepared = new Map<string, Statement>();
  const rows = <Row>(sql: string, ...values: string[]): Row[] => {
    const statement = prepared.get(sql) ?? storage.prepare(sql);
    prepared.set(sql, statement);
    return statement.all(...values) as Row[];
  };
  const cardGroups = () => rows<GroupRow>(GROUPS).map(groupOf);

  /** A card that is in no table is one of the group whose pattern it fits, unless the group wants known cards only. */
  function unlisted(number: string, input: CardInput, today: string): CardAnswer {
    const fitting = cardGroups().filter((group) => !group.notAddEmptyCard && fits(group, number));
    const group = fitting.find((one) => isAllowed(one, input)) ?? fitting[0];
    if (group === undefined) return { refused: 'DOM-70' };
    return judge(unknownCard(number, group), input, today);
  }

  /**
   * The payment system vouches that the card exists, so it needs no row of ours, and a group without a pattern takes any. What
   * our own row says of the card holds all the same: blocked or expired it was accepted when it came this way.
   */
  function ofProvider(number: string, row: CardRow | undefined, today: string): CardAnswer {
    const known = row === undefined ? null : cardOf(row);
    if (known !== null && isAllowed(known.card.group, 'processing')) return judge(known, 'processing', today);
    const group = cardGroups().find((one) => isAllowed(one, 'processing') && (one.pattern === '' || fits(one, number)));
    if (group === undefined) return { refused: 'OPL-11' };
    return judge({ ...unknownCard(number, group), ...lifeOf(known) }, 'processing', today);
  }

  return {
    cardGroups,
    findCard(text, input, today) {
      if (input === 'phone') {
        const digits = phoneDigits(text);
        const answers =
          digits === '' ? [] : rows<CardRow>(BY_PHONE, digits).map((row) => judge(cardOf(row), input, today));
        const cards = answers.flatMap((answer) => ('cards' in answer ? answer.cards : []));
        return cards.length > 0 ? { cards } : (answers[0] ?? { refused: 'DOM-72' });
      }
      const number = safeText(text, MAX_CARD_NUMBER + 1).trim();
      if (number === '' || number.length > MAX_CARD_NUMBER) return { refused: 'DOM-70' };
      const row = rows<CardRow>(BY_NUMBER, number)[0] ?? rows<CardRow>(BY_ADDITIONAL_NUMBER, number)[0];
      if (input === 'processing') return ofProvider(number, row, today);
      return row === undefined ? unlisted(number, input, today) : judge(cardOf(row), input, today);
    },
  };
}

interface KnownCard {
  card: FoundCard;
  isBlocked: boolean;
  /** First and last day, null = open. */
  validFrom: string | null;
  validUntil: string | null;
}

function unknownCard(number: string, group: CardGroup): KnownCard {
  const card = { number, group, discountBasisPoints: group.discountBasisPoints };
  return { card, isBlocked: false, validFrom: null, validUntil: null };
}

/** What our row says of a card, whatever group it is used in. */
function lifeOf(known: KnownCard | null): Partial<KnownCard> {
  if (known === null) return {};
  const { isBlocked, validFrom, validUntil } = known;
  return { isBlocked, validFrom, validUntil };
}

function judge({ card, isBlocked, validFrom, validUntil }: KnownCard, input: CardInput, today: string): CardAnswer {
  if (!isAllowed(card.group, input)) return { refused: 'DOM-71' };
  if (isBlocked) return { refused: 'DOM-73' };
  const isOutside = (validFrom !== null && today < validFrom) || (validUntil !== null && today > validUntil);
  return isOutside ? { refused: 'DOM-74' } : { cards: [card] };
}

function isAllowed({ inputMask }: CardGroup, input: CardInput): boolean {
  return (inputMask & INPUT[input]) !== 0;
}

function fits(group: CardGroup, number: string): boolean {
  // An empty pattern describes no number: else every wrong scan would be a card.
  if (group.pattern === '' || number.length > MAX_CARD_NUMBER) return false;
  return cardPattern(group.pattern)?.test(number) === true;
}

function cardOf(row: CardRow): KnownCard {
  const group = groupOf(row);
  return {
    card: { number: row.number, group, discountBasisPoints: row.own_discount ?? group.discountBasisPoints },
    isBlocked: row.blocked !== 0,
    validFrom: row.validitydatebeg,
    validUntil: row.validitydateend,
  };
}

function groupOf(row: GroupRow): CardGroup {
  return {
    code: row.idcardgroup,
    name: row.name,
    cardMode: row.cardmode,
    inputMask: row.inputmask,
    pattern: row.pattern,
    notAddEmptyCard: row.notaddemptycard === 1,
    discountBasisPoints: row.discount_basis_points,
  };
}
