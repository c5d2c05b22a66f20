/** The reader emulator on its real cable. */
import { afterEach, expect, it } from 'vitest';
import { type ReaderEmulator, startReaderEmulator } from '../../../../src/emulators/reader/server.ts';

let reader: ReaderEmulator;
afterEach(() => reader.close());

// Incident: it was dead after a `lost-` scenario until it was started anew.
it('has its cable plugged in again when a buyer is chosen', async () => {
  reader = await startReaderEmulator({ scenario: 'lost-after-processing' });
  await reader.setCable(false);
  expect(reader.state()).toMatchObject({ scenario: 'lost-after-processing', isPlugged: false });
  const reply = await fetch(`${reader.controlUrl}/buyer`, { method: 'POST', body: '{"name":"chip"}' });
  expect([reply.status, reader.state()]).toMatchObject([200, { scenario: 'chip', isPlugged: true }]);
});
