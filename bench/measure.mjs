/**
 * One measurement in a process of its own. `bin/kassa` starts it in place of the program (KASSA_MAIN), so that it runs
 * with exactly the flags and the environment the register gets: `run {"measure":"sale",...}`. Figures go out as JSON.
 */
import { writeFileSync } from 'node:fs';

const MEASURES = {
  sale: async (options) => (await import('./measure/sale.mjs')).measureSale(options),
  start: async (options) => (await import('./measure/start.mjs')).measureStart(options),
  search: async (options) => (await import('./measure/search.mjs')).measureSearch(options),
  devices: async (options) => (await import('./measure/devices.mjs')).measureDevices(options),
  settle: async (options) => (await import('./measure/settle.mjs')).measureSettle(options),
  list: async (options) => (await import('./measure/list.mjs')).measureList(options),
  memory: async (options) => (await import('./measure/memory.mjs')).measureMemory(options),
};

const { measure, answerFile, ...options } = JSON.parse(process.argv[3] ?? '{}');
const figures = await MEASURES[measure](options);
writeFileSync(answerFile, JSON.stringify(figures));
// The bare blessed screen listens to its input for ever.
process.exit(0);
