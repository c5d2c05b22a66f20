/** The commands of AIF for cards, their groups and their owners (domain.md 7). */
import { phoneDigits } from '../phone.ts';
import type { Fields } from './aif-fields.ts';
import { type CardChange, cardNumberOf, cardPatternOf, dayOf, discountOf } from './card-changes.ts';
import { codeOf, nameOf, numberOf, plainText } from './changes.ts';

export const CARD_COMMANDS: Record<string, (command: Fields) => CardChange> = {
  addcardgroup: (command) => {
    const body = groupOf(command);
    const number = (name: string) => numberOf(body.text(name) ?? '0', `Поле ${name}`);
    return {
      do: 'addCardGroup',
      cardGroup: {
        code: groupCodeOf(body),
        name: nameOf(body.text('name') ?? ''),
        text: plainText(body.text('text') ?? ''),
        cardMode: number('cardmode'),
        inputMask: number('inputmask'),
        pattern: cardPatternOf(body.text('pattern', 'regexpattern') ?? ''),
        notAddEmptyCard: body.flag('notaddemptycard'),
        discountBasisPoints: discountOf(body.text('discountpercent') || '0'),
      },
    };
  },
  deletecardgroup: (command) => ({ do: 'deleteCardGroup', code: groupCodeOf(groupOf(command)) }),
  clearcardgroup: () => ({ do: 'clearCardGroups' }),
  addcard: (command) => {
    const body = command.body('card');
    const number = cardNumberOf(body.text('number') ?? '');
    const discount = body.text('discountpercent') ?? '';
    return {
      do: 'addCard',
      card: {
        id: codeOf(body.text('idcard') || number),
        number,
        groupCode: groupCodeOf(body),
        clientId: idOf(body.text('idclient')),
        validFrom: dayOf(body.text('validitydatebeg') ?? ''),
        validUntil: dayOf(body.text('validitydateend') ?? ''),
        isBlocked: body.flag('blocked'),
        discountBasisPoints: discount.trim() === '' ? null : discountOf(discount),
      },
    };
  },
  deletecard: (command) => ({ do: 'deleteCard', id: codeOf(command.body('card').text('idcard', 'number') ?? '') }),
  clearcard: () => ({ do: 'clearCards' }),
  addadditionalcard: (command) => {
    const body = additionalOf(command);
    return {
      do: 'addAdditionalCard',
      card: {
        number: cardNumberOf(body.text('additionalnumber') ?? ''),
        cardNumber: idOf(body.text('cardnumber')),
        groupCode: body.text('idcardgroup') === undefined ? null : groupCodeOf(body),
        isActive: body.text('isactive') === undefined || body.flag('isactive'),
      },
    };
  },
  deleteadditionalcard: (command) => ({
    do: 'deleteAdditionalCard',
    number: cardNumberOf(additionalOf(command).text('additionalnumber') ?? ''),
  }),
  clearadditionalcard: () => ({ do: 'clearAdditionalCards' }),
  addclient: (command) => {
    const body = command.body('client');
    return {
      do: 'addClient',
      client: {
        id: codeOf(body.text('idclient') ?? ''),
        name: plainText(body.text('name') ?? ''),
        phone: phoneDigits(body.text('phone', 'phonenumber', 'phoneNumber') ?? ''),
      },
    };
  },
  deleteclient: (command) => ({ do: 'deleteClient', id: codeOf(command.body('client').text('idclient') ?? '') }),
  clearclient: () => ({ do: 'clearClients' }),
};

function groupOf(command: Fields): Fields {
  return command.body('cardGroup', 'cardgroup');
}

function additionalOf(command: Fields): Fields {
  return command.body('additionalCard', 'additionalcard');
}

function groupCodeOf(body: Fields): number {
  return numberOf(body.text('idcardgroup') ?? '', 'Код группы карт');
}

/** A link to another row; empty means none. */
function idOf(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : codeOf(text);
}
