/** The file of a shop's own root certificates (`ca` of a system's settings). */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';

/**
 * A list of one's own takes the place of the built-in one and of NODE_EXTRA_CA_CERTS: all are given. Read for every request, so
 * that a corrected file helps at once.
 * @returns null = there is no certificate in it, or it cannot be read
 */
export async function rootsOf(caFile: string): Promise<string[] | null> {
  const own = await pemOf(caFile);
  if (own === null) return null;
  const extra = process.env.NODE_EXTRA_CA_CERTS ? await pemOf(process.env.NODE_EXTRA_CA_CERTS) : null;
  return [...rootCertificates, ...(extra === null ? [] : [extra]), own];
}

/** Whether a request could use it now. */
export function isCaFile(path: string): boolean {
  try {
    return certificatesIn(readFileSync(path, 'utf8')) !== null;
  } catch {
    return false;
  }
}

async function pemOf(path: string): Promise<string | null> {
  try {
    return certificatesIn(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

function certificatesIn(text: string): string | null {
  const found = text.match(/-----BEGIN (TRUSTED )?CERTIFICATE-----[^-]+-----END (TRUSTED )?CERTIFICATE-----/g);
  return found === null || !found.every(isCertificate) ? null : found.join('\n');
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
