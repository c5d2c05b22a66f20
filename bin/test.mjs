/** `npm test`: installs and builds what is missing, then lint, types, what nobody uses, generated documents and every layer of the tests. */
import { npm, prepare } from './prepare.mjs';

const steps = [
  ['run', '--silent', 'lint'],
  ['run', '--silent', 'types'],
  ['run', '--silent', 'unused'],
  ['run', '--silent', 'generate', '--', '--check'],
  ['run', '--silent', 'vitest', '--', ...process.argv.slice(2)],
];

async function test() {
  let code = await prepare();
  for (const step of steps) {
    if (code === 0) code = await npm(...step);
  }
  return code;
}

process.exitCode = await test();
