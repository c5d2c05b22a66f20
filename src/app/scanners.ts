import { messageOf } from '../dialogs/messages/index.ts';
import type { Message } from './state.ts';
import { say, type Turn, tellStatus } from './turn.ts';

/** DEV-01, 03, 04 once a loss, DEV-02 in row 24 when the port is back. */
export function scannerChanged(turn: Turn, message: Extract<Message, { type: 'scanner' }>): void {
  const { port, state, reason } = message;
  const before = turn.state.scanners[port];
  const put = (told: string[]) => {
    turn.state = { ...turn.state, scanners: { ...turn.state.scanners, [port]: { state, told } } };
  };
  if (state === 'ready') {
    put([]);
    if (before?.state === 'noLink') tellStatus(turn, messageOf('DEV-02').text);
    return;
  }
  const number = reason === 'permissionDenied' ? 'DEV-03' : reason === 'busy' ? 'DEV-04' : 'DEV-01';
  const told = before?.state === 'noLink' ? before.told : [];
  // A port that is found in use or closed to us says more than that it is gone; the other way round it is no news.
  const isNews = number === 'DEV-01' ? told.length === 0 : !told.includes(number);
  put(isNews ? [...told, number] : told);
  if (!isNews) return;
  turn.effects.push({ do: 'bell', pattern: 'error' });
  say(turn, number, number === 'DEV-01' ? {} : { порт: port });
}
