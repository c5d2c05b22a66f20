/** A shop as the engineer leaves it: everything of О!плати stands in its files, nothing is passed on the way. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { VirtualClock } from '../../../../src/emulators/clock.ts';
import { type OplatiEmulatorOptions, startOplatiEmulator } from '../../../../src/emulators/oplati/server.ts';
import type { Settings } from '../../../../src/settings/settings.ts';
import { writeToken } from '../../../../src/settings/token-conf.ts';
import { oplatiFiles } from '../../../oplati-files.ts';
import { CAPTURE_TIME, Story } from '../../story.ts';

export const REG_NUM = 'OPL000000002';
export const EXISTS = 'Токен уже существует или касса работает в режиме пароля';
export const NEEDS_NEW =
  'Необходимо получить новый токен в кассовом ПО либо касса не зарегистрирована в личном кабинете юр. лица';
export const ENGINEERS_COMMENT = '; адрес выдан банком 12.03, не менять!';

/** A shop whose settings stand in oplati.conf, as in the field; `user` 9 is the administrator. */
export async function beginByConf(
  user: '1' | '2' | '9',
  emulator: OplatiEmulatorOptions = {},
  conf: { regNum?: string; mode?: number; token?: string } = {},
  settings: Partial<Settings> = {},
): Promise<Story> {
  const clock = new VirtualClock(CAPTURE_TIME);
  const oplati = await startOplatiEmulator({ clock, ...emulator });
  return await Story.begin({
    settings,
    clock,
    oplati,
    till: { providers: {}, autoLoginCode: user },
    prepare: (root) => {
      const { conf: oplatiConf, token: tokenConf } = oplatiFiles(root);
      mkdirSync(dirname(oplatiConf), { recursive: true });
      const lines = [
        '[Main]',
        '; Настройки процессинга O!плати',
        ENGINEERS_COMMENT,
        `url = ${oplati.url}`,
        'timeout = 10',
        '',
        '; номер из кабинета',
        `regNum = ${conf.regNum ?? REG_NUM}`,
        `mode = ${conf.mode ?? 2}`,
      ];
      writeFileSync(oplatiConf, `${lines.join('\n')}\n`);
      if (conf.token !== undefined) writeToken(tokenConf, conf.token);
    },
  });
}
