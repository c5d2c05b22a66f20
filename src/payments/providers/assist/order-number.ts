/**
 * Order numbers of Assist mPOS (assist.md 2): `YYYYMMDD_HHMMSS_mmm`, wall clock of the shop. A number that was used
 * already gives way to the next free millisecond (12.2), which the caller looks for.
 * @param localTimeMs wall clock of the shop: read its fields as UTC
 */
export function assistOrderNumber(localTimeMs: number): string {
  const [date = '', time = ''] = new Date(localTimeMs).toISOString().split('T');
  return `${date.replaceAll('-', '')}_${time.slice(0, 8).replaceAll(':', '')}_${time.slice(9, 12)}`;
}
