/** Every payment system the register knows: one line each, and nothing else (`bin/kassa new-provider` adds to it). */
export { assistDriver } from './assist/driver.ts';
export { cashDriver } from './cash/driver.ts';
export { oplatiDriver } from './oplati/driver.ts';
export { paymasterDriver } from './paymaster/driver.ts';
export { terminalDriver } from './terminal/driver.ts';
