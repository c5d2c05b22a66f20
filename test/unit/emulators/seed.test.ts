import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startOplatiEmulator } from '../../../src/emulators/oplati/server.ts';
import { startPaymasterEmulator } from '../../../src/emulators/paymaster/server.ts';

const SERVERS = {
  'О!плати': { start: startOplatiEmulator, own: { regNum: 'OPL000000001', shift: '15012030' }, done: [1] },
  PayMaster: { start: startPaymasterEmulator, own: { description: 'Магазин' }, done: ['Settled', 'Success'] },
} as const;

const docs = readFileSync('docs/emulators.md', 'utf8');
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

describe.each(Object.entries(SERVERS))('POST control/seed of %s', (title, { start, own, done }) => {
  async function seeded(body: object): Promise<{ status: number; rows: Record<string, unknown>[] }> {
    const server = await start();
    running.push(server);
    const call = { method: 'POST', body: JSON.stringify(body) };
    const { status } = await fetch(`${server.controlUrl}/seed`, call);
    return { status, rows: server.ledger() as unknown as Record<string, unknown>[] };
  }

  it('fills the books with finished operations, the first of them given back', async () => {
    const { status, rows } = await seeded({ ...own, count: 3, reversals: 1, prefix: '8-1-', sumKopecks: 250 });
    expect(status).toBe(200);
    expect(rows.map(({ orderNumber }) => orderNumber)).toEqual(['8-1-1', '8-1-2', '8-1-3', '8-1-1-R']);
    expect(rows.every((row) => row.sumKopecks === 250 && (done as readonly unknown[]).includes(row.status))).toBe(true);
    expect(rows[0]?.reversals).toMatchObject([{ orderNumber: '8-1-1-R', sumKopecks: 250 }]);
    expect(rows[3]).toMatchObject({ sourcePaymentId: rows[0]?.paymentId });
  });

  it.each([{}, { count: 0 }, { count: 200_001 }, { count: 1, reversals: 2 }, { count: 1, sumKopecks: 0 }])(
    'refuses %j',
    async (body) => {
      expect(await seeded({ ...own, ...body })).toEqual({ status: 400, rows: [] });
    },
  );

  it('is described where the emulators are', () => {
    const section = docs.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
    const line = section.split('\n').find((text) => text.includes('POST seed')) ?? '';
    for (const name of ['count', 'reversals', 'prefix', 'sumKopecks', ...Object.keys(own)]) {
      expect(line).toContain(`\`${name}\``);
    }
  });
});
