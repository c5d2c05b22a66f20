import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../../src', import.meta.url));

/** What a register of a machine in this zone shows of a winter and of a summer moment. */
function shownIn(zone: string, utcOffsetMinutes: number | null): unknown {
  const script = `
    import { utcOffsetOf } from ${JSON.stringify(`${source}/settings/time-zone.ts`)};
    import { localStamp } from ${JSON.stringify(`${source}/register/local-time.ts`)};
    const offset = utcOffsetOf({ utcOffsetMinutes: ${utcOffsetMinutes} });
    const shown = ['2023-01-15T12:00Z', '2023-07-15T12:00Z'].map((at) => localStamp(Date.parse(at), offset).slice(11, 16));
    process.stdout.write(JSON.stringify(shown));
  `;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { env: { ...process.env, TZ: zone }, encoding: 'utf8' }));
}

describe('the zone of a register', () => {
  it.each([
    ['America/New_York', ['07:00', '08:00']],
    ['Europe/Minsk', ['15:00', '15:00']],
    ['Asia/Kolkata', ['17:30', '17:30']],
  ])('is that of the machine when none is set: %s, summer time included', (zone, shown) => {
    expect(shownIn(zone, null)).toEqual(shown);
  });

  it('is the one that is set, whatever the machine says', () => {
    expect(shownIn('America/New_York', 180)).toEqual(['15:00', '15:00']);
    expect(shownIn('America/New_York', 0)).toEqual(['12:00', '12:00']);
  });
});
