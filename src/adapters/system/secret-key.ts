/**
 * The key that hashes what must not be stored in clear (idempotency keys, request fingerprints, cards). It is kept
 * outside the database, so that a copy of the database alone gives nothing to guess against.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { hmacSha256 } from './hmac.ts';

const KEY_BYTES = 32;

/** HMAC-SHA-256 under `key`, lower-case hex. */
export function keyedHasher(key: Buffer): (text: string) => string {
  const hmac = hmacSha256(key);
  return (text) => hmac(text).toString('hex');
}

/** A key that lives as long as the process: for a database that does too. */
export function temporaryKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Reads the key file, or makes it (mode 600). Throws an Error that says what to do. */
export function keyFromFile(path: string): Buffer {
  if (!existsSync(path) || statSync(path).size === 0) makeKeyFile(path);
  chmodSync(path, 0o600);
  return keyFromText(readFileSync(path, 'utf8').trim(), path);
}

/** Written aside, flushed and moved into place, so that a crash leaves either no key or a whole one. */
function makeKeyFile(path: string): void {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    const text = `${randomBytes(KEY_BYTES).toString('hex')}\n`;
    writeFileSync(aside, text, { mode: 0o600, flush: true });
    renameSync(aside, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw new Error(`the key file ${path} cannot be written; set CARD_FINGERPRINT_KEY instead`, {
      cause: error,
    });
  }
}

/** A name is on disk only when its folder is; without the key no stored reply would ever be found again. */
function syncFolder(path: string): void {
  // Windows neither opens folders nor needs it.
  if (platform() === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Reads a key from its text: at least 32 hexadecimal digits. `source` names it in the error. */
export function keyFromText(text: string, source: string): Buffer {
  if (!/^(?:[0-9a-f]{2}){16,}$/i.test(text)) {
    throw new Error(
      `${source} must hold at least 32 hexadecimal digits; make one with: openssl rand -hex 32`,
    );
  }
  return Buffer.from(text, 'hex');
}
