/**
 * A key as bytes, in a place that is used again for the next one: nothing is allocated to look a key up. UTF-8, filled up
 * with zeros to whole words, so that keys are hashed and compared four bytes at a time.
 */
import { assert } from '../../core/assert.ts';
import type { EntityKey } from '../../core/entity.ts';

/** Longer than any fingerprint, address or device id that a request can carry. */
const KEY_BYTES_MAX = 4_096;

export const WORD_BYTES = 4;

export class KeyBytes {
  readonly view: DataView;
  /** Without the zeros. */
  length = 0;
  /** Of 32 bits, always the same ones for the same key. */
  hash = 0;
  readonly #bytes: Buffer;
  #key: EntityKey | null = null;

  constructor() {
    this.#bytes = Buffer.alloc(KEY_BYTES_MAX + WORD_BYTES);
    this.view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  }

  /** Takes the place of the key before. */
  set(key: EntityKey): this {
    // What is read is often written next.
    if (key === this.#key) return this;
    // Three bytes are the most that UTF-8 takes for one of JavaScript's characters.
    assert(key.length * 3 <= KEY_BYTES_MAX, 'a key is short');
    this.length = this.#bytes.write(key);
    this.view.setUint32(this.length, 0);
    this.hash = hashOf(this.view, this.length);
    this.#key = key;
    return this;
  }
}

/** Words for so many bytes. */
export function wordsFor(bytes: number): number {
  return (bytes + WORD_BYTES - 1) >>> 2;
}

/** MurmurHash3, 32 bits (Appleby): every bit of the key has a say in every bit of the hash. */
function hashOf(view: DataView, length: number): number {
  let hash = length;
  for (let at = 0; at < length; at += WORD_BYTES) {
    const word = Math.imul(view.getUint32(at, true), 0xcc9e2d51);
    hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
