import { createEscpos } from '../devices/printer/escpos.ts';
import type { PrintLimits } from '../devices/printer/print-session.ts';
import { createPrinter } from '../devices/printer/printer.ts';
import { profileOf } from '../devices/printer/profile.ts';
import { qrModules } from '../dialogs/qr.ts';
import { currentRedactor } from '../log/redaction.ts';
import { createLog, type Log } from '../log/terminal-log.ts';
import type { Driver } from '../payments/driver.ts';
import { HostNames } from '../payments/host-names.ts';
import { createHttpSender } from '../payments/http.ts';
import { probeLink } from '../payments/link-probe.ts';
import { type Listener, listen } from '../payments/listener.ts';
import { NETWORK_DEFAULTS, type NetworkSettings } from '../payments/network.ts';
import { ownSlips, drivers as registeredDrivers } from '../payments/registry.ts';
import { baseContextName } from '../screens/index.ts';
import { DEFAULT_KEY_MAP, keyMapOf } from '../settings/key-map.ts';
import { pathsOf } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';
import { utcOffsetOf } from '../settings/time-zone.ts';
import { CellGrid } from '../terminal/canvas.ts';
import type { Model } from '../ui/model.ts';
import { createBells } from './bells.ts';
import { shownToBuyer } from './buyer-display.ts';
import type { Clock } from './clock.ts';
import { createEffects, type Send } from './effects.ts';
import { createFacts, Dictionary, Tokens } from './facts.ts';
import { deviceClock, equipmentOf, type Hardware, type OpenDevice, startHardware, withTransport } from './hardware.ts';
import { createKeyGate } from './key-gate.ts';
import { Loop } from './loop.ts';
import { createModels } from './model.ts';
import { openStorage, restoredRegister, type StartProblem } from './open-storage.ts';
import { rememberedFaults } from './payment/link.ts';
import { createPaymentDevices } from './payment-devices.ts';
import { createHints } from './payment-hints.ts';
import { createPictureChange } from './picture-change.ts';
import { nextPrintJob } from './printing.ts';
import { type ProviderOverrides, ProviderSettings } from './provider-settings.ts';
import { compareReport } from './reconciliation.ts';
import { Recording } from './recording.ts';
import { render, topContext } from './render.ts';
import { createSlipBuilder } from './slips.ts';
import { type AppState, emptyUi, IDLE_PRINTING, type Message } from './state.ts';
import { type StorageWatch, watchStorage } from './storage-watch.ts';
import { Systems } from './systems.ts';

/** Everything of the outside world is an option: the same call runs the register in tests and in `bin/kassa`. */
export interface TillOptions {
  root: string;
  settings: Settings;
  clock: Clock;
  newAttemptId(): string;
  newJournalId?: () => string;
  screen: {
    columns: number;
    rows: number;
    paint(grid: CellGrid): void;
    /** One stroke. */
    bell(): void;
  };
  /** The root's lock, when the caller holds it already (the demo, which must own its root before it touches it). */
  lock?: () => void;
  /** Default: real HTTP. */
  send?: Send;
  /** Overrides of the settings for this run. */
  scannerUrl?: string;
  printerUrl?: string;
  displayUrl?: string;
  /** Default: what is behind the address. */
  openDevice?: OpenDevice;
  /** Shorter waits for a printer that is near. */
  printLimits?: Partial<PrintLimits>;
  providers?: ProviderOverrides;
  /** Default: the registry's. */
  drivers?: ReadonlyMap<string, Driver>;
  /** Logs this user in without a password (demo). */
  autoLoginCode?: string | null;
  /** The start asks the payment systems for what the journal may have lost (K30). */
  looksBack?: boolean;
  version: string;
  onExit(code: number): void;
  /**
   * Called around every write of the journal; what it throws is treated as the disk's own fault. The crash tests stop the
   * program there.
   */
  onAppend?(moment: 'before' | 'after'): void;
}

/** A running register. */
export interface Till {
  post(message: Message): void;
  /** A key of the terminal; what a keyboard scanner types becomes a scan. */
  key(name: string, text: string | null): void;
  readonly state: AppState;
  model(): Model;
  /** No request, print or password is unfinished. */
  whenIdle(): Promise<void>;
  /** Recovers, logs in if asked to, paints the first screen. */
  start(): void;
  /** Opens the scanner and warms up what the first payment needs; called after the first screen. Nothing after `stop`. */
  startDevices(): void;
  /** What the check beside the register found; null = the journal is sound. */
  checked(found: { journal: string | null; isCatalogDamaged: boolean }): void;
  /** Closes everything; the second call waits for the first. */
  stop(): Promise<void>;
  readonly log: Log;
}

/** The composition root: brings the rooms together. Nothing is asked of the network or a device before `start`. */
export function createTill(options: TillOptions): Till | StartProblem {
  const { root, settings, clock } = options;
  const paths = pathsOf(root);
  const storage = openStorage(paths, {
    ...options,
    onAnchorFault: (error) => log.warn('kassa', `Метка журнала не записана: ${faultText(error)}`),
  });
  if ('problem' in storage) return storage;
  const { journal, catalog, restored, releaseLock } = storage;

  const drivers = options.drivers ?? registeredDrivers;
  const providers: ProviderSettings = new ProviderSettings(
    drivers,
    paths.paysystems,
    clock,
    options.providers ?? {},
    (level, text) => log[level]('settings', text),
  );
  providers.writeAbsent();
  const tokens = new Tokens(drivers, paths.paysystems, (level, text) => log[level]('settings', text));
  const secrets = () => [...tokens.values(), ...providers.secrets()];
  const log = createLog({
    root,
    utcOffsetMinutes: utcOffsetOf(settings),
    secrets,
    secretFields: () => providers.secretFields(),
    now: () => clock.wall(),
    compatLatinCoo: settings.log.compatLatinCoo,
  });
  const recording = new Recording(
    paths.recording,
    currentRedactor(secrets, () => providers.secretFields()),
  );
  const dictionary = new Dictionary(catalog, clock);
  const systems = new Systems({ root, drivers, providers, folder: paths.paysystems, settings, clock });
  const profile = profileOf(settings.printer);
  if (profile === null) throw new Error(`no printer profile ${settings.printer.profile}`);
  const openDevice = options.openDevice ?? (() => null);
  const printerUrl = options.printerUrl ?? settings.printer.url;
  const printer = createPrinter({
    url: printerUrl,
    profile,
    ...withTransport(openDevice(printerUrl)),
    limits: options.printLimits ?? {},
    onState: (state) => {
      log.info('printer', `Состояние принтера: ${state}`);
      loop.post({ type: 'printer', state });
    },
    onDrawer(level) {
      const { drawerOpenLevel } = settings.printer;
      if (drawerOpenLevel !== null) loop.post({ type: 'drawer', isOpen: level === drawerOpenLevel });
    },
  });
  const canTellState = profile.status !== 'none';
  const bytesOf = createSlipBuilder({
    folder: paths.reports,
    own: ownSlips(drivers),
    about() {
      const { shop, registerNumber } = settings;
      const shiftNumber = loop.state.register.lastShiftNumber;
      return { shop, registerNumber, utcOffsetMinutes: utcOffsetOf(settings), shiftNumber };
    },
    documentOf(documentId) {
      const open = loop.state.register.document;
      return open?.documentId === documentId ? open : journal.document(documentId);
    },
    escpos: createEscpos(profile, qrModules),
    log,
    post: (message) => loop.post(message),
  });
  const names = new HostNames();
  const sender = createHttpSender({ names, onAlarm: (text) => log.error('http', text) });
  let hardware: Hardware | null = null;
  let listener: Promise<Listener | null> = Promise.resolve(null);
  /** The one end, however many ask for it. */
  let stopping: Promise<void> | null = null;

  const facts = createFacts({
    settings,
    paths,
    clock,
    catalog,
    dictionary,
    journal,
    tokens,
    systems,
    drivers,
    providers,
    newAttemptId: options.newAttemptId,
    printerConfigured: printer.state() !== 'none',
  });
  const scannersInUse = [{ ...settings.scanner, ...urlOf(options.scannerUrl) }, ...settings.scanners];
  const displayInUse = { ...settings.display, ...urlOf(options.displayUrl) };
  const models = createModels(facts, {
    settings,
    keyMap: keyMapOf(DEFAULT_KEY_MAP, settings.keyMap),
    utcOffsetMinutes: utcOffsetOf(settings),
    version: options.version,
    equipment: equipmentOf(scannersInUse, { ...settings.printer, url: printerUrl }, displayInUse),
    catalog: () => dictionary.info,
  });

  const bells = createBells({
    clock,
    sounds: settings.soundOn ? settings.sounds : { refused: false, error: false, done: false },
    strike: () => options.screen.bell(),
  });

  const paymentDevices = createPaymentDevices({
    placesOf: (provider) => {
      const settings = providers.of(provider);
      return 'settings' in settings ? (drivers.get(provider)?.devices?.(settings.settings) ?? null) : null;
    },
    lastReaderFile: paths.lastReader,
    clock: deviceClock(clock),
    openDevice,
    log,
    post: (message) => loop.post(message),
  });

  /** A file that has become unreadable stops new payments; what is under way goes by the defaults. */
  function networkOf(provider: string): NetworkSettings {
    const found = providers.of(provider);
    const driver = drivers.get(provider);
    return ('settings' in found ? driver?.network?.(found.settings) : undefined) ?? NETWORK_DEFAULTS;
  }

  const perform = createEffects({
    clock,
    post: (message) => loop.post(message),
    send:
      options.send ??
      ((request, provider, onPart, onDate) => sender.send(request, networkOf(provider), onPart, onDate)),
    probeLink: (provider, request, onStep, send) =>
      probeLink(request, { network: networkOf(provider), names, send, onStep, wall: () => clock.wall() }),
    compare: (report) => compareReport(report, facts),
    isWaitedFor: (id) => loop.state.attempts.some(({ attemptId, foreground }) => foreground && attemptId === id),
    storeToken: (provider, token) => {
      log.addSecret(token);
      tokens.store(provider, token);
    },
    bell: (pattern) => bells.ring(pattern),
    ownerOf: async (userCode, password) => {
      for (const user of dictionary.users) {
        if (user.locked || (userCode !== null && user.code !== userCode)) continue;
        if (await catalog.verifyPassword(user.code, password)) return user.code;
      }
      return null;
    },
    printer,
    bytesOf,
    nextPrintJob: () => {
      const waitsForState = !settings.printer.printsWhenUnknown && canTellState && loop.state.printer === 'unknown';
      return nextPrintJob(loop.state, waitsForState);
    },
    changeSystem: (name, stored, value) => systems.change(name, stored, value),
    paymentDevice: (attemptId, provider, action) => paymentDevices.perform(attemptId, provider, action),
    log,
    checkpoint,
    exit: options.onExit,
  });

  const pictureChange = createPictureChange();
  const loop: Loop = new Loop(
    {
      register: restoredRegister(restored, settings.registerNumber, (attemptId) => journal.attempt(attemptId)),
      attempts: restored.attempts,
      printJobs: restored.printJobs,
      attemptsMade: restored.attemptsMade,
      nextPrintJobId: restored.nextPrintJobId,
      notices: restored.notices,
      nextNoticeId: restored.nextNoticeId,
      ui: emptyUi,
      scanners: {},
      printer: printer.state(),
      printing: IDLE_PRINTING,
      display: 'none',
      linkLost: {},
      reports: {},
      silent: {},
      answerFaults: rememberedFaults(restored.attempts),
      probes: {},
      linkChecks: {},
      storage: restored.damage === null ? null : { kind: 'damaged', what: restored.damage },
      catalogDamaged: dictionary.isDamaged,
      shortMegabytes: null,
      stalled: [],
      annulling: null,
      isRefunding: false,
      failedLogins: 0,
      lastActivityMs: clock.now(),
      columns: options.screen.columns,
      rows: options.screen.rows,
    },
    {
      clock,
      facts,
      models,
      append: (write) => watch.append(write),
      perform,
      paint: (state, isByHand) => {
        const grid = new CellGrid(state.columns, state.rows);
        const model = models.forPicture(state);
        render(grid, model);
        pictureChange.painted(topContext(model), isByHand, clock.now());
        options.screen.paint(grid);
        hardware?.show(shownToBuyer(model, baseContextName(model)));
      },
      record: (message) => recording.add(masked(message), clock.wall()),
      fault: (error) => log.error('kassa', faultText(error)),
      damaged: (what) => journal.noteDamage(what),
    },
  );

  // With a scanner of its own the register has nothing to guess from the timing of keys: they go straight through.
  const hasScanner = [options.scannerUrl ?? settings.scanner.url, ...settings.scanners.map(({ url }) => url)].some(
    (url) => url !== 'none',
  );
  const keyGate = createKeyGate({
    wedge: { ...settings.wedge, enabled: settings.wedge.enabled && (!hasScanner || settings.wedge.prefix !== null) },
    clock,
    top: () => topContext(models.of(loop.state)).context,
    picture: pictureChange,
    post: (message) => loop.post(message),
  });

  const watch: StorageWatch = watchStorage({
    journal,
    paths,
    clock,
    reserveMegabytes: settings.diskReserveMegabytes,
    state: () => loop.state,
    post: (message) => loop.post(message),
    onAppend: options.onAppend,
  });

  let ticker: unknown;
  function tick(): void {
    dictionary.refresh();
    if (dictionary.isDamaged && !loop.state.catalogDamaged) loop.post({ type: 'catalog', isDamaged: true });
    loop.post({ type: 'tick' });
    watch.tick();
    ticker = clock.setTimeout(tick, 1000 - (clock.wall() % 1000));
  }

  return {
    post: (message) => loop.post(message),
    key: (name, text) => keyGate.take(name, text),
    get state() {
      return loop.state;
    },
    model: () => models.of(loop.state),
    whenIdle: () => loop.whenIdle(),
    start() {
      loop.post({
        type: 'started',
        autoLoginCode: options.autoLoginCode ?? null,
        looksBack: options.looksBack ?? false,
      });
      watch.begin();
      ticker = clock.setTimeout(tick, 1000);
    },
    startDevices() {
      // The end may come before: a key of the first picture has already left (issue of the black screen).
      if (stopping !== null) return;
      watch.fillReserve();
      void sender.warmUp();
      listener = listenForHints();
      hardware = startHardware({
        scanners: scannersInUse,
        display: displayInUse,
        clock,
        log,
        post: (message) => loop.post(message),
        openDevice,
      });
      printer.watchStatus();
    },
    checked({ journal: what, isCatalogDamaged }) {
      if (stopping !== null) return;
      journal.noteDamage(what);
      const { storage } = loop.state;
      if (what !== null || storage?.kind === 'damaged') {
        loop.post({ type: 'storage', trouble: what === null ? null : { kind: 'damaged', what } });
      }
      dictionary.isDamaged = isCatalogDamaged;
      loop.post({ type: 'catalog', isDamaged: isCatalogDamaged });
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
    log,
  };

  async function stop(): Promise<void> {
    loop.stop();
    clock.clearTimeout(ticker);
    keyGate.stop();
    bells.stop();
    recording.flush();
    const hearing = await listener;
    await Promise.all([hardware?.stop(), printer.close(), paymentDevices.stop(), hearing?.close()]);
    journal.close();
    catalog.close();
    await log.close();
    releaseLock();
  }

  /** Off unless the shop wants it; a port that is taken costs the hints, never the sale. */
  async function listenForHints(): Promise<Listener | null> {
    const { notificationsAddress } = settings;
    if (notificationsAddress === 'none') return null;
    const attempts = () => loop.state.attempts;
    const post = (message: Message) => loop.post(message);
    const heard = createHints({ drivers, attempts, now: () => clock.now(), log, post });
    try {
      return await listen(notificationsAddress, heard);
    } catch (error) {
      log.error('notifications', `${notificationsAddress}: ${faultText(error)}`);
      return null;
    }
  }

  /** It only tidies up: on a full disk it fails like every write, and may be tried after the next receipt. */
  function checkpoint(): void {
    if (stopping !== null) return;
    try {
      journal.checkpoint();
    } catch (error) {
      log.warn('kassa', faultText(error));
    }
  }

  /** Typed passwords and buyers' one-time codes never reach the recording. */
  function masked(message: Message): Message {
    if (message.type !== 'key' && message.type !== 'scan') return message;
    const { context } = topContext(models.of(loop.state));
    const hidesText = context.field?.accepts === 'password' || context.name === 'prompt:scanBuyerCode';
    if (!hidesText) return message;
    if (message.type === 'scan') return { type: 'scan', code: '********' };
    return message.text === null ? message : { type: 'key', name: '*', text: '*' };
  }
}

function urlOf(url: string | undefined): { url?: string } {
  return url === undefined ? {} : { url };
}

/** For the log only; the cashier sees a number. */
function faultText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` <- ${faultText(error.cause)}`;
  return `${error.name}: ${error.message} ${error.stack ?? ''}${cause}`;
}
