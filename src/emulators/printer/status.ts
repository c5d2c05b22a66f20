/** What the printer answers about itself, bit by bit (devices.md 4.3). Pure. */

export interface Condition {
  isOffline: boolean;
  isDrawerOpen: boolean;
  isCoverOpen: boolean;
  isPaperOut: boolean;
  isPaperNearEnd: boolean;
  /** `knife` and `recoverable` are cured by a person and `DLE ENQ`, `fatal` by the workshop. */
  error: 'knife' | 'recoverable' | 'fatal' | null;
}

const bit = (isSet: boolean, mask: number): number => (isSet ? mask : 0);

/** The byte for `DLE EOT n`; null when there is no such n. */
export function realTimeStatus(n: number, condition: Condition): number | null {
  const { error } = condition;
  switch (n) {
    case 1:
      return 0x12 | bit(condition.isOffline, 0x08) | bit(condition.isDrawerOpen, 0x04);
    case 2:
      return 0x12 | bit(condition.isCoverOpen, 0x04) | bit(condition.isPaperOut, 0x20) | bit(error !== null, 0x40);
    case 3:
      return 0x12 | bit(error === 'knife', 0x08) | bit(error === 'fatal', 0x20) | bit(error === 'recoverable', 0x40);
    case 4:
      return 0x12 | bit(condition.isPaperNearEnd, 0x0c) | bit(condition.isPaperOut, 0x60);
    default:
      return null;
  }
}

/** The four bytes of the automatic status (ASB). */
export function automaticStatus(condition: Condition): number[] {
  const { error } = condition;
  return [
    0x10 | bit(condition.isDrawerOpen, 0x04) | bit(condition.isOffline, 0x08) | bit(condition.isCoverOpen, 0x20),
    bit(error === 'knife', 0x08) | bit(error === 'fatal', 0x20) | bit(error === 'recoverable', 0x40),
    bit(condition.isPaperNearEnd, 0x03) | bit(condition.isPaperOut, 0x0c),
    0x00,
  ];
}

/** The byte for `GS r n`, sent when everything before it was processed. */
export function sensorStatus(n: number, condition: Condition): number {
  return n === 2
    ? bit(condition.isDrawerOpen, 0x01)
    : bit(condition.isPaperNearEnd, 0x03) | bit(condition.isPaperOut, 0x0c);
}
