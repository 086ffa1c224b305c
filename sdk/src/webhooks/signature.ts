/**
 * Signatures of Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`, keyed by the
 * bytes of a secret. WebCrypto only, so that it runs everywhere.
 */

export const ID_HEADER = 'webhook-id';
export const TIMESTAMP_HEADER = 'webhook-timestamp';
export const SIGNATURE_HEADER = 'webhook-signature';

export interface SignedContent {
  readonly id: string;
  /** Seconds since 1970, as the header has them. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/** `v1,` and base64. Throws a TypeError, without the secret in it, for one that cannot be a secret. */
export async function signatureOf(content: SignedContent, secret: string): Promise<string> {
  const { subtle } = globalThis.crypto;
  if ((subtle as SubtleCrypto | undefined) === undefined) {
    throw new TypeError('WebCrypto is missing: browsers have it on https and localhost only.');
  }
  const key = await subtle.importKey(
    'raw',
    secretBytes(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const digest = await subtle.sign('HMAC', key, signedBytes(content));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  const text = secret.replace(/^whsec_/, '');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    try {
      return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    } catch {
      // Said below: the letters are right and their number is not.
    }
  }
  throw new TypeError('A webhook secret is whsec_ and base64, as the service gave it.');
}

function signedBytes({ id, timestamp, body }: SignedContent): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Takes as long whatever the texts are; only their lengths show. */
export function isSameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index += 1) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  }
  return difference === 0;
}
