/** One template of each kind, by the prefixes of devices.md 2.3. */
export const TEMPLATE_TEXTS: readonly string[] = [
  'weight: 22CCCCCWWWWWK',
  'price: 23CCCCCPPPPPK',
  'pieces: 24CCCCCQQQQQK',
];
