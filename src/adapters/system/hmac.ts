/**
 * HMAC-SHA-256 (RFC 2104) for the hot path: two one-shot hashes over prepared blocks, a third of the time that a
 * `createHmac` object takes, of which a card payment needs three.
 */
import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;

/** Texts up to this are put together in a buffer that is used again and again. */
const SCRATCH_BYTES = 4_096;

/** Makes the function that authenticates texts under `key`; its result is overwritten by nobody. */
export function hmacSha256(key: Buffer): (text: string) => Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  (key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key).copy(block);
  const inner = Buffer.alloc(BLOCK_BYTES + SCRATCH_BYTES);
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
  for (const [index, byte] of block.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return (text) => {
    hash('sha256', innerBytes(inner, text), 'buffer').copy(outer, BLOCK_BYTES);
    return hash('sha256', outer, 'buffer');
  };
}

function innerBytes(inner: Buffer, text: string): Buffer {
  // A character is at most three bytes of UTF-8.
  if (text.length * 3 > SCRATCH_BYTES) {
    return Buffer.concat([inner.subarray(0, BLOCK_BYTES), Buffer.from(text)]);
  }
  return inner.subarray(0, BLOCK_BYTES + inner.write(text, BLOCK_BYTES));
}
