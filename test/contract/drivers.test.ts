/** A driver of the registry without a contract test of its own fails here. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drivers } from '../../src/payments/registry.ts';

it.each([...drivers])('%s runs the whole contract', (name, driver) => {
  expect(driver.name).toBe(name);
  const test = new URL(`./${name}.test.ts`, import.meta.url);
  expect(existsSync(test), `test/contract/${name}.test.ts`).toBe(true);
  expect(readFileSync(test, 'utf8')).toMatch(new RegExp(`describeDriver\\(\\{\\s+driver: ${name}Driver,`));
});
