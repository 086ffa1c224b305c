/**
 * Signs what is sent, as Standard Webhooks 1.0 has it: HMAC-SHA-256 over `id.timestamp.body`, in base64 and marked `v1`;
 * during a rotation one signature per secret, with a space between.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { assert } from '../../core/assert.ts';
import type { Signer } from '../../engine/webhooks/ports.ts';
import { keyOf } from './secret.ts';

/** Every endpoint has at most two secrets; those of removed endpoints are dropped as new ones come. */
const KEYS_MAX = 512;

/** Signs with the real time, in whole seconds. The secrets must be well formed. */
export function signer(nowSeconds: () => number): Signer {
  const keys = new Map<string, KeyObject>();
  return (id, body, secrets) => {
    const timestamp = String(nowSeconds());
    const text = `${id}.${timestamp}.${body}`;
    const signatures = secrets.map((secret) => `v1,${hmac(preparedKey(keys, secret), text)}`);
    return {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    };
  };
}

function preparedKey(keys: Map<string, KeyObject>, secret: string): KeyObject {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const bytes = keyOf(secret);
  assert(bytes !== null, 'a webhook secret is whsec_ and the base64 of its bytes');
  const key = createSecretKey(bytes);
  const [oldest] = keys.size < KEYS_MAX ? [] : keys.keys();
  if (oldest !== undefined) keys.delete(oldest);
  keys.set(secret, key);
  return key;
}

function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}
