/**
 * The only source of chance. Draws are a function of the seed, so that they can be made again; ids are UUIDv7
 * (RFC 9562, method 1: a counter within the millisecond), strictly increasing, so that lists page by id.
 */
import { randomBytes } from 'node:crypto';
import type { Draw } from '../../core/scenario.ts';
import type { Random } from '../../engine/ports.ts';
import { hmacSha256 } from './hmac.ts';

/** A fresh seed for simulations that were given none. */
export function newSeed(): string {
  return randomBytes(8).toString('hex');
}

/** Draws follow `seed`; `entropy` gives the random parts of ids. */
export function systemRandom(
  seed: string,
  entropy: (bytes: number) => Buffer = randomBytes,
): Random {
  return { newId: uuidV7(entropy), draw: drawBy(seed) };
}

/** HMAC-SHA-256(seed, ordinal/attempt/purpose), its first 48 bits as a number in [0, 1). */
function drawBy(seed: string): Draw {
  const hmac = hmacSha256(Buffer.from(seed));
  return (ordinal, attempt, purpose) =>
    hmac(`${ordinal}/${attempt}/${purpose}`).readUIntBE(0, 6) / 2 ** 48;
}

/** Random bytes are fetched in one go for this many ids: asking the system each time costs more than the id. */
const IDS_PER_FETCH = 512;
const BYTES_PER_ID = 10;

/** The 12 bits of rand_a count within a millisecond; they begin in the lower half, to leave room. */
const COUNTER_MAX = 0xfff;

function uuidV7(entropy: (bytes: number) => Buffer): (nowMs: number) => string {
  let pool: Buffer = Buffer.alloc(0);
  let used = 0;
  let lastMs = 0;
  let counter = 0;
  return (nowMs) => {
    if (used >= pool.length) {
      pool = entropy(IDS_PER_FETCH * BYTES_PER_ID);
      used = 0;
    }
    if (nowMs > lastMs) {
      lastMs = nowMs;
      counter = pool.readUInt16BE(used) & 0x7ff;
    } else if (counter < COUNTER_MAX) {
      counter += 1;
    } else {
      // Used up, or the clock stands still: borrow the next millisecond rather than repeat or go back.
      lastMs += 1;
      counter = 0;
    }
    const time = lastMs.toString(16).padStart(12, '0');
    const variant = (0x8000 | (pool.readUInt16BE(used + 2) & 0x3fff)).toString(16);
    const tail = pool.toString('hex', used + 4, used + 10);
    used += BYTES_PER_ID;
    const count = counter.toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}-${tail}`;
  };
}
