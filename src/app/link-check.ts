/**
 * `Проверить связь` of a system's page: the steps come as messages while the page stands, and the register goes on meanwhile. Esc
 * leaves the page, not the check: it ends by itself and is found there again.
 */
import { networkWord } from '../payments/answer-words.ts';
import type { Input } from '../payments/driver.ts';
import { skipped } from '../payments/link-probe.ts';
import { LINK_STEP_TITLES, type LinkStep } from '../payments/service-page.ts';
import { answerStep } from './link-answer.ts';
import { checkQuestion } from './payment/check-question.ts';
import { heardOfLink, readingOf } from './payment/link.ts';
import { context, type LinkCheck, type Message } from './state.ts';
import { log, openContext, say, type Turn } from './turn.ts';

/** @param row of the system's page */
export function beginLinkCheck(turn: Turn, system: string, row: number): void {
  const driver = turn.facts.driver(system);
  if (turn.state.linkChecks[system]?.isOver !== false && driver !== null) {
    const asked = checkQuestion(turn, driver);
    if (asked === null) return;
    if ('cannot' in asked) return say(turn, asked.cannot);
    const { attempt, request } = asked;
    if (request === null) return;
    put(turn, system, { attempt, steps: [], isOver: false });
    turn.effects.push({ do: 'checkLink', attemptId: attempt.attemptId, provider: system, request });
  }
  if (turn.state.ui.stack.at(-1)?.name !== 'link-check') openContext(turn, context('link-check', { system, row }));
}

/** A step has ended. */
export function linkStepped(turn: Turn, attemptId: string, step: LinkStep): void {
  const found = find(turn, attemptId);
  if (found !== null) addStep(turn, found.system, step);
}

/** The answer, or that there is none: the driver says what it means. */
export function linkAnswered(turn: Turn, { attemptId, result, ms }: Extract<Message, { type: 'linkAnswer' }>): void {
  const found = find(turn, attemptId);
  if (found === null) return;
  const { system, check } = found;
  const input: Input = result;
  const driver = turn.facts.driver(system);
  if (driver !== null) heardOfLink(turn, system, input, readingOf(turn, driver, input));
  const heard = driver === null ? null : checkQuestion(turn, driver, check.attempt, input);
  const outcome = heard !== null && 'outcome' in heard ? heard.outcome : null;
  addStep(turn, system, outcome === null || ms === null ? skipped('answer') : answerStep(outcome, result, ms));
  put(turn, system, { ...(turn.state.linkChecks[system] ?? check), isOver: true });
  const { name, local } = turn.state.ui.stack.at(-1) ?? {};
  const isWatched = name === 'link-check' && (local as { system: string }).system === system;
  const told = outcome?.say;
  if (!isWatched || told == null) return;
  turn.effects.push({ do: 'bell', pattern: 'error' });
  say(turn, told.number, { ...(told.text === undefined ? {} : { text: told.text }), ...told.params });
}

function find(turn: Turn, attemptId: string): { system: string; check: LinkCheck } | null {
  const found = Object.entries(turn.state.linkChecks).find(([, { attempt }]) => attempt.attemptId === attemptId);
  return found === undefined ? null : { system: found[0], check: found[1] };
}

function addStep(turn: Turn, system: string, step: LinkStep): void {
  const check = turn.state.linkChecks[system];
  if (check === undefined) return;
  put(turn, system, { ...check, steps: [...check.steps, step] });
  const word = networkWord(step.code ?? undefined);
  const code = step.code === null || word === null ? '' : ` (${step.code})`;
  const took = step.ms === null ? '' : `, ${step.ms} мс`;
  const level = step.result === 'failed' ? 'error' : step.result === 'warning' ? 'warn' : 'info';
  log(turn, level, system, `Проверка связи, ${LINK_STEP_TITLES[step.name]}: ${step.detail}${code}${took}`);
}

function put(turn: Turn, system: string, check: LinkCheck): void {
  turn.state = { ...turn.state, linkChecks: { ...turn.state.linkChecks, [system]: check } };
}
