/** The plates and stickers of the shop (paymaster.md 3, 4). */
import { qrcIdOf, sbpLink } from '../sbp-link.ts';
import { PROBLEMS } from './problems.ts';
import type { StickerOrder } from './requests.ts';
import type { PaymasterState, Sticker } from './state.ts';

export class StickerBook {
  private readonly state: PaymasterState;

  constructor(state: PaymasterState) {
    this.state = state;
  }

  create(order: StickerOrder): Sticker {
    const number = this.state.nextStickerNumber;
    const qrcId = qrcIdOf(order.isCashLink ? 'cashLink' : 'static', number.toString(32));
    const sticker: Sticker = {
      id: `stk-${number}`,
      isCashLink: order.isCashLink,
      isActive: true,
      paymentPurpose: order.paymentPurpose,
      description: order.description,
      productCode: order.productCode,
      sumKopecks: order.sumKopecks,
      payload: sbpLink({ qrcId, kind: 'static', sumKopecks: order.sumKopecks }),
      callbackUrl: order.callbackUrl,
    };
    this.state.nextStickerNumber += 1;
    this.state.stickers.push(sticker);
    return sticker;
  }

  find(id: string): Sticker {
    const sticker = this.all().find((one) => one.id === id);
    if (sticker === undefined) throw PROBLEMS.unknownId();
    return sticker;
  }

  /** A plate into which an amount can be loaded. */
  forPayment(id: string): Sticker {
    const sticker = this.all().find((one) => one.id === id);
    if (sticker === undefined) throw PROBLEMS.unknownSticker();
    if (!sticker.isActive) throw PROBLEMS.stickerInactive();
    if (!sticker.isCashLink) throw PROBLEMS.stickerWithoutCashLink();
    return sticker;
  }

  all(): Sticker[] {
    return this.state.stickers;
  }
}
