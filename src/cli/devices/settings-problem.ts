import { DISPLAY_PROFILE_NAMES } from '../../devices/display/profile.ts';
import { PROFILE_NAMES } from '../../devices/printer/profile.ts';
import { parseDeviceUrl } from '../../devices/transport/url.ts';
import { safeText } from '../../register/safe-text.ts';
import type { SettingsProblem } from '../../settings/problem.ts';
import { problemAt, type Settings } from '../../settings/settings.ts';

/** What only the device room can judge of the settings: profiles and addresses. Key, value and what is allowed. */
export function problemOfDevices(root: string, settings: Settings): SettingsProblem | null {
  const { scanner, scanners, printer, display } = settings;
  const wrong = (path: readonly string[], value: string, text: string): SettingsProblem =>
    problemAt(root, path, `"${safeText(value, 80)}": ${text}`);

  const profiles = [
    ['printer', printer.profile, PROFILE_NAMES],
    ['display', display.profile, DISPLAY_PROFILE_NAMES],
  ] as const;
  for (const [device, name, known] of profiles) {
    if (!known.includes(name)) return wrong([device, 'profile'], name, `допустимо: ${known.join(', ')}`);
  }
  for (const [device, { codepage, codepageNumber }] of [
    ['printer', printer],
    ['display', display],
  ] as const) {
    // The number in the profile is that of another page.
    if (codepage !== null && codepageNumber === null) {
      return wrong([device, 'codepage'], codepage, `укажите и ${device}.codepageNumber, номер страницы в ESC t`);
    }
  }
  const addresses: [path: string[], url: string][] = [
    [['scanner', 'url'], scanner.url],
    ...scanners.map(({ url }, index): [string[], string] => [['scanners', `[${index}]`, 'url'], url]),
    [['printer', 'url'], printer.url],
    [['display', 'url'], display.url],
  ];
  for (const [path, url] of addresses) {
    const parsed = parseDeviceUrl(url);
    if (!parsed.ok) return wrong(path, url, parsed.reason);
  }
  return null;
}
