/** Webhook secrets (Standard Webhooks 1.0): `whsec_` and the base64 of the key's bytes. */

const PREFIX = 'whsec_';
const NEW_BYTES = 32;

/** What the standard asks for. */
const BYTES_MIN = 24;
const BYTES_MAX = 64;

/** A fresh secret of 32 bytes that `entropy` gives. */
export function newSecret(entropy: (bytes: number) => Buffer): string {
  return `${PREFIX}${entropy(NEW_BYTES).toString('base64')}`;
}

/** The key's bytes; null when the text is no secret. */
export function keyOf(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return null;
  const text = secret.slice(PREFIX.length);
  const key = Buffer.from(text, 'base64');
  const isExact = key.toString('base64').replace(/=+$/, '') === text.replace(/={1,2}$/, '');
  return isExact && key.length >= BYTES_MIN && key.length <= BYTES_MAX ? key : null;
}

/** True for `whsec_` and the base64 of 24 to 64 bytes: what a person may set. */
export function isSecret(text: string): boolean {
  return keyOf(text) !== null;
}
