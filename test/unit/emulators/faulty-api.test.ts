import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { FaultPlan } from '../../../src/emulators/faults.ts';
import { type LoggedRequest, startFaultyApi } from '../../../src/emulators/faulty-api.ts';
import { jsonReply } from '../../../src/emulators/http-server.ts';

it('keeps of a request only what it was told to keep; the handler gets all of it', async () => {
  const handled: (string | null)[] = [];
  const offered: LoggedRequest[] = [];
  const api = await startFaultyApi({
    host: '127.0.0.1',
    port: 0,
    basePath: '',
    clock: new VirtualClock(0),
    faults: new FaultPlan(),
    handle: ({ body }) => {
      // Nothing is kept for as much as a moment: the log has the masked body while the request is still handled.
      expect(JSON.stringify(api.requests())).not.toContain('secret');
      handled.push(body);
      return jsonReply(201, {});
    },
    logged: (request) => {
      offered.push(request);
      return { ...request, path: '/masked', body: '***' };
    },
    spoil: () => null,
  });
  try {
    const body = JSON.stringify({ password: 'secret' });
    await fetch(`http://127.0.0.1:${api.port}/pay?token=secret`, { method: 'POST', body });
    expect(handled).toEqual([body]);
    const request = { atMs: 0, method: 'POST', status: 201, fault: null };
    expect(api.requests()).toEqual([{ ...request, path: '/masked', body: '***' }]);
    // Masked once, when it came, and not whenever it is read.
    expect(api.requests()).toHaveLength(1);
    expect(offered).toEqual([{ ...request, status: null, path: '/pay?token=secret', body: { password: 'secret' } }]);
  } finally {
    await api.shut();
  }
});
