import { messageOf, textOf } from '../dialogs/messages/index.ts';
import type { Notice } from '../journal/notice.ts';
import { isSlip } from '../journal/print-job.ts';
import type { UtcOffset } from '../register/local-time.ts';
import type { KeyMap } from '../ui/keys.ts';
import type { DeviceState, Model, NoticeRow, ScreenSettings } from '../ui/model.ts';
import type { Facts } from './facts.ts';
import { systemsWithoutLink, toldFaults } from './payment/link.ts';
import type { AppState } from './state.ts';
import { troubleWord } from './storage-trouble.ts';

/** What a model needs beside the state and that never changes while a screen is up. */
export interface ModelSource {
  settings: ScreenSettings;
  keyMap: KeyMap;
  utcOffsetMinutes: UtcOffset;
  version: string;
  equipment?: readonly Equipment[];
  catalog(): Model['catalog'];
}

/** A device of the settings; `port` is the name a scanner tells its state under. */
export interface Equipment {
  kind: 'scanner' | 'printer' | 'display';
  title: string;
  url: string;
  port: string;
}

/** The screens' view of the state. */
export function modelOf(state: AppState, facts: Facts, source: ModelSource): Model {
  return {
    register: state.register,
    attempts: state.attempts,
    ui: state.ui,
    devices: {
      scanner: scannerState(state.scanners),
      printer: state.printer,
      display: state.display,
      ...(state.isDrawerOpen === undefined ? {} : { isDrawerOpen: state.isDrawerOpen }),
      list: (source.equipment ?? []).map((device) => ({ ...device, state: stateOf(device, state) })),
      queuedSlips: state.printJobs.filter(isSlip).length,
    },
    storageWords: storageWords(state),
    linkLost: systemsWithoutLink(state),
    answerFaults: Object.keys(state.answerFaults).flatMap((name) =>
      Object.values(toldFaults(state, name, facts.now()))
        .slice(0, 1)
        .map((fault) => ({ name, fault })),
    ),
    systems: facts.systems(),
    notices: state.notices.map(noticeRow),
    users: facts.users(),
    currencies: facts.currencies(),
    catalog: source.catalog(),
    settings: source.settings,
    keyMap: source.keyMap,
    systemPage: pageOf(state, facts),
    linkCheck: linkCheckOf(state),
    now: facts.now(),
    wall: facts.wall(),
    utcOffsetMinutes: source.utcOffsetMinutes,
    version: source.version,
    columns: state.columns,
    rows: state.rows,
  };
}

/** What is wrong under everything else, most urgent first. */
function storageWords({ storage, catalogDamaged, shortMegabytes }: AppState): string[] {
  const words = storage === null ? [] : [troubleWord(storage)];
  if (catalogDamaged) words.push('Справочник поврежден');
  if (shortMegabytes !== null && storage?.kind !== 'full') words.push(`Мало места: ${shortMegabytes} МБ`);
  return words;
}

/** The page of a payment system is looked up in its files only while it stands somewhere on the screen. */
function pageOf({ ui }: AppState, facts: Facts): Model['systemPage'] {
  const shown = ui.stack.find(({ name }) => name === 'service-provider');
  return shown === undefined ? null : facts.systemPage((shown.local as { system: string }).system);
}

function linkCheckOf({ ui, linkChecks }: AppState): Model['linkCheck'] {
  const shown = ui.stack.find(({ name }) => name === 'link-check');
  return shown === undefined ? null : (linkChecks[(shown.local as { system: string }).system] ?? null);
}

/** The models of a running register: each state's is made once, for its picture. */
export interface Models {
  /** Everything is looked at anew: what is about to be painted. */
  forPicture(state: AppState): Model;
  /** What a key or a scan meets: the picture's own model at the time of now, while the state is the painted one. */
  of(state: AppState): Model;
}

export function createModels(facts: Facts, source: ModelSource): Models {
  let painted: { state: AppState; model: Model } | null = null;
  const forPicture = (state: AppState): Model => {
    painted = { state, model: modelOf(state, facts, source) };
    return painted.model;
  };
  return {
    forPicture,
    of: (state) =>
      painted?.state === state ? { ...painted.model, now: facts.now(), wall: facts.wall() } : forPicture(state),
  };
}

function stateOf({ kind, url, port }: Equipment, { scanners, printer, display }: AppState): DeviceState {
  if (url === 'none') return 'none';
  if (kind === 'scanner') return scanners[port]?.state ?? 'unknown';
  return kind === 'printer' ? printer : display;
}

/** One word for all of them: a lost scanner is told although another one works. */
function scannerState(scanners: AppState['scanners']): DeviceState {
  const states = Object.values(scanners).map(({ state }) => state);
  if (states.includes('noLink')) return 'noLink';
  return states.length > 0 ? 'ready' : 'none';
}

/** A notification in the words of the catalogue. */
function noticeRow({ noticeId, atMs, number, params, state }: Notice): NoticeRow {
  const message = messageOf(number);
  return { noticeId, at: atMs, title: message.title, text: textOf(message, params), isNew: state === 'new' };
}
