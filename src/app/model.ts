import type { DeviceState, KeyMap, Model, ScreenSettings } from './context.ts';
import type { AppState } from './state.ts';
import type { Facts } from './turn.ts';

/** What a model needs beside the state and that never changes while a screen is up. */
export interface ModelSource {
  settings: ScreenSettings;
  keyMap: KeyMap;
  utcOffsetMinutes: number;
  version: string;
  catalog(): Model['catalog'];
}

/** The screens' view of the state. */
export function modelOf(state: AppState, facts: Facts, source: ModelSource): Model {
  const currencies = facts.currencies();
  return {
    register: state.register,
    attempts: state.attempts,
    ui: state.ui,
    devices: {
      scanner: scannerState(state.scanners),
      printer: state.printer,
      display: state.display,
      queuedSlips: state.printJobs.filter((job) => job.kind !== 'drawer').length,
    },
    linkLost: Object.keys(state.linkLost).map(
      (provider) => currencies.find((currency) => currency.provider === provider)?.name ?? provider,
    ),
    users: facts.users(),
    currencies,
    catalog: source.catalog(),
    settings: source.settings,
    keyMap: source.keyMap,
    oplati: facts.oplatiService(),
    now: facts.now(),
    wall: facts.wall(),
    utcOffsetMinutes: source.utcOffsetMinutes,
    version: source.version,
    columns: state.columns,
    rows: state.rows,
  };
}

/** One word for all of them: a lost scanner is told although another one works. */
function scannerState(scanners: AppState['scanners']): DeviceState {
  const states = Object.values(scanners).map(({ state }) => state);
  if (states.includes('noLink')) return 'noLink';
  return states.length > 0 ? 'ready' : 'none';
}
