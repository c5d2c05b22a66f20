/** `npm start`: installs and builds what is missing, then runs the demo register. */
import { join } from 'node:path';
import { prepare, project, run } from './prepare.mjs';

process.exitCode = (await prepare()) || (await run(join(project, 'bin', 'kassa'), ['demo', ...process.argv.slice(2)]));
