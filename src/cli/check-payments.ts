import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../app/clock.ts';
import { answerStep } from '../app/link-answer.ts';
import { type ProviderOverrides, ProviderSettings } from '../app/provider-settings.ts';
import { Systems } from '../app/systems.ts';
import { redactorOf } from '../log/redaction.ts';
import type { Action, Driver, HttpRequest, Order, StepFacts } from '../payments/driver.ts';
import { HostNames } from '../payments/host-names.ts';
import { createHttpSender } from '../payments/http.ts';
import { probeLink, skipped } from '../payments/link-probe.ts';
import { NETWORK_DEFAULTS, type NetworkSettings } from '../payments/network.ts';
import { drivers } from '../payments/registry.ts';
import { LINK_STEP_TITLES, type LinkStep } from '../payments/service-page.ts';
import { localMs } from '../register/local-time.ts';
import { pathsOf } from '../settings/paths.ts';
import { describeProblem } from '../settings/problem.ts';
import { loadSettings, type Settings } from '../settings/settings.ts';
import { utcOffsetOf } from '../settings/time-zone.ts';
import { readToken } from '../settings/token-conf.ts';
import { withAddresses } from './addresses.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';
import { registerRoot } from './root.ts';

interface SystemReport {
  name: string;
  title: string;
  ok: boolean;
  /** File and parameter that are wrong: nothing was asked. */
  problem: string | null;
  steps: LinkStep[];
}

/**
 * `bin/kassa check-payments`: the steps of `Проверить связь` for every payment system that is switched on. Reads the files of the root and
 * takes no lock: works beside a running register and without one.
 * @returns 0 all is well, 1 a step has failed, 3 settings are wrong
 */
export async function runCheckPayments(parsed: ParsedArguments): Promise<number> {
  const root = registerRoot(parsed.texts.root);
  const isJson = parsed.switches.has('json');
  const loaded = loadSettings(root);
  if ('problem' in loaded) {
    const problem = `SYS-08 ${describeProblem(loaded.problem)}`;
    if (isJson) print({ ok: false, problem, systems: [] });
    else process.stderr.write(`${problem}\n`);
    return EXIT_CODES.settings;
  }
  const { paysystems, emulators } = pathsOf(root);
  const providers = new ProviderSettings(drivers, paysystems, systemClock(), demoAddresses(emulators));
  const timeoutMs = (parsed.numbers.timeout ?? Number.POSITIVE_INFINITY) * 1000;
  const reports: SystemReport[] = [];
  for (const driver of switchedOn(root, providers, loaded.settings)) {
    const report = await reportOf(driver, { providers, paysystems, settings: loaded.settings, timeoutMs });
    reports.push(report);
    if (!isJson) process.stdout.write(tableOf(report));
  }
  if (isJson) {
    const systems = reports.map((report) => ({ ...report, steps: report.steps.map(stepView) }));
    print({ ok: reports.every(({ ok }) => ok), problem: null, systems });
  } else if (reports.length === 0) process.stdout.write('Ни одна платежная система не включена и не настроена\n');
  if (reports.some(({ problem }) => problem !== null)) return EXIT_CODES.settings;
  return reports.every(({ ok }) => ok) ? EXIT_CODES.done : 1;
}

function switchedOn(root: string, providers: ProviderSettings, settings: Settings): Driver[] {
  const folder = pathsOf(root).paysystems;
  const systems = new Systems({ root, drivers, providers, folder, settings, clock: systemClock() });
  return systems
    .list(providers.currencies([]))
    .filter(({ isOn, isSetUp }) => isOn && isSetUp)
    .flatMap(({ name }) => drivers.get(name) ?? [])
    .filter(({ check }) => check !== undefined);
}

interface Sources {
  providers: ProviderSettings;
  paysystems: string;
  settings: Settings;
  timeoutMs: number;
}

async function reportOf(driver: Driver, sources: Sources): Promise<SystemReport> {
  const { name, title, check } = driver;
  const { providers, paysystems, timeoutMs } = sources;
  const read = providers.of(name);
  const wrong = 'file' in read ? read : providers.networkFault(name);
  const token = driver.tokenFile === undefined ? { token: null } : readToken(join(paysystems, driver.tokenFile));
  const of = (problem: string | null, steps: LinkStep[] = []): SystemReport => {
    const ok = problem === null && steps.every(({ result }) => result === 'ok' || result === 'warning');
    return { name, title, ok, problem, steps };
  };
  if (wrong !== null) return of(`SYS-08 ${wrong.file}, ${wrong.parameter}`);
  if ('problem' in token) return of(`SYS-11 ${driver.tokenFile}`);
  if ('file' in read || check === undefined) return of(null);

  const facts: StepFacts<unknown> = {
    settings: read.settings,
    token: token.token,
    nowMs: Date.now(),
    utcOffsetMinutes: utcOffsetOf(sources.settings),
    usedCodes: { has: () => false },
  };
  const begun = check.begin(orderFor(driver, sources.settings, facts), facts);
  const asked = requestIn(begun.actions);
  if (asked === null) return of(null);
  const request: HttpRequest = { ...asked, timeoutMs: Math.min(asked.timeoutMs, timeoutMs) };
  const network = limited(driver.network?.(read.settings) ?? NETWORK_DEFAULTS, timeoutMs);
  const redact = redactorOf([...providers.secrets(), ...(token.token === null ? [] : [token.token])]);
  const names = new HostNames();
  const sender = createHttpSender({ names });
  const steps: LinkStep[] = [];
  const { result, ms } = await probeLink(request, {
    network,
    names,
    send: (sent, onDate) => sender.send(sent, network, undefined, onDate),
    wall: () => Date.now(),
    onStep: (step) => steps.push(step),
  });
  const { actions } = check.step(begun.state, result, facts);
  const end = actions.find((action) => action.do === 'finish');
  steps.push(end === undefined || ms === null ? skipped('answer') : answerStep(end.outcome, result, ms));
  return of(
    null,
    steps.map((step) => ({ ...step, detail: redact(step.detail) })),
  );
}

function requestIn(actions: readonly Action[]): HttpRequest | null {
  return actions.find((action) => action.do === 'send')?.request ?? null;
}

/** Of a check: it is about no receipt and no sum, and its number has never been used. */
function orderFor({ orderNumber }: Driver, { registerNumber, shop }: Settings, facts: StepFacts<unknown>): Order {
  const attemptId = randomUUID();
  return {
    attemptId,
    orderNumber:
      orderNumber?.(localMs(facts.nowMs, facts.utcOffsetMinutes)) ?? `${registerNumber}-0-0-0-${attemptId.slice(-6)}`,
    amountKopecks: 0,
    option: null,
    seller: { shopName: shop.name, registerNumber },
    shiftLabel: '',
    receipt: { number: 0, lines: [], totalKopecks: 0 },
    source: null,
  };
}

function limited(network: NetworkSettings, mostMs: number): NetworkSettings {
  return {
    ...network,
    lookupTimeoutMs: Math.min(network.lookupTimeoutMs, mostMs),
    connectTimeoutMs: Math.min(network.connectTimeoutMs, mostMs),
    tlsTimeoutMs: Math.min(network.tlsTimeoutMs, mostMs),
  };
}

/** A running demonstration works with its own servers; its files name the real ones. */
function demoAddresses(file: string): ProviderOverrides {
  try {
    const { pid, ...servers } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number } & Record<string, Server>;
    process.kill(pid, 0);
    const texts = Object.entries(servers).map(([name, { url }]) => [`${name}-url`, url]);
    return withAddresses({}, Object.fromEntries(texts));
  } catch {
    // There is none, or it has ended without tidying up.
    return {};
  }
}

interface Server {
  url: string;
}

/** `ok`: null = it was not tried. */
function stepView({ name, result, detail, ms, code }: LinkStep) {
  return {
    name,
    ok: result === 'skipped' ? null : result !== 'failed',
    isWarning: result === 'warning',
    ms,
    detail,
    code,
  };
}

const MARKS: Readonly<Record<LinkStep['result'], string>> = { ok: '+', warning: '!', failed: 'x', skipped: '-' };

function tableOf({ title, ok, problem, steps }: SystemReport): string {
  const rows = steps.map(({ name, result, detail, ms, code }) => {
    const took = ms === null ? '' : `${ms} мс`;
    const why = code === null ? '' : ` (${code})`;
    return `  ${MARKS[result]} ${LINK_STEP_TITLES[name].padEnd(12)}${took.padStart(9)}  ${detail}${why}`;
  });
  return [`${title}: ${problem ?? (ok ? 'в порядке' : 'есть ошибка')}`, ...rows, ''].join('\n');
}

function print(report: object): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
