/** A setting that cannot be used. The start is refused with it (exit code 3), or the part concerned is off (SYS-08). */
export interface SettingsProblem {
  file: string;
  /** Counts from 1; 0 = the file as a whole. */
  line: number;
  parameter: string;
  /** What is wrong and what is allowed, in Russian. */
  text: string;
}

/** One sentence for stderr and the log. */
export function describeProblem(problem: SettingsProblem): string {
  return `Ошибка настройки: ${described(problem)}`;
}

/** The same of something that works and that somebody should look at. */
export function describeWarning(warning: SettingsProblem): string {
  return `Настройки: ${described(warning)}`;
}

function described(problem: SettingsProblem): string {
  const place = problem.line > 0 ? `${problem.file}, строка ${problem.line}` : problem.file;
  const parameter = problem.parameter === '' ? '' : `, ${problem.parameter}`;
  return `${place}${parameter}: ${problem.text}`;
}
