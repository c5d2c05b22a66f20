/**
 * Password hashes of cashiers (reliability.md 8, "Cashier PIN"): scrypt N=2^17 r=8 p=1, a salt per user and, when the
 * register has one, a device pepper kept outside of the database. Hashing takes a quarter of a second on purpose and
 * runs outside of the loop's thread. A hash carries its own cost, as hashes of passwords do everywhere: it can be raised one
 * day without locking anybody out, and a shop of the tests, which asks for passwords a hundred times, takes a cheap one.
 */

import { createHmac, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

const COST_LOG2 = 17;
const BLOCK: ScryptOptions = { r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const HASH_BYTES = 32;
const SCHEME = /^scrypt(1[0-7])$/;

/** Device secret mixed into every hash; null when the device has none. */
export type Pepper = Buffer | null;

/** `scrypt17$plain|pepper$salt$hash`. Says whether a pepper was mixed in, so that hashes of both kinds can live together. */
export async function hashPassword(
  password: string,
  pepper: Pepper,
  salt: Buffer = randomBytes(16),
  costLog2: number = COST_LOG2,
): Promise<string> {
  const hash = await derive(password, pepper, salt, costLog2);
  const kind = pepper === null ? 'plain' : 'pepper';
  return [`scrypt${costLog2}`, kind, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Takes the same time for a wrong password and for a user who has no hash. */
export async function isPasswordOf(stored: string | null, password: string, pepper: Pepper): Promise<boolean> {
  const [scheme = '', kind, salt = '', hash = ''] = (stored ?? '').split('$');
  const costLog2 = SCHEME.exec(scheme)?.[1];
  const expected = Buffer.from(hash, 'base64');
  const usable = costLog2 !== undefined && expected.length === HASH_BYTES && (kind === 'plain' || pepper !== null);
  const secretOfDevice = kind === 'pepper' ? pepper : null;
  const actual = await derive(password, secretOfDevice, Buffer.from(salt, 'base64'), Number(costLog2 ?? COST_LOG2));
  return timingSafeEqual(actual, usable ? expected : randomBytes(HASH_BYTES)) && usable;
}

function derive(password: string, pepper: Pepper, salt: Buffer, costLog2: number): Promise<Buffer> {
  const secret = pepper === null ? Buffer.from(password) : createHmac('sha256', pepper).update(password).digest();
  const cost = { ...BLOCK, N: 2 ** costLog2 };
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, HASH_BYTES, cost, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
