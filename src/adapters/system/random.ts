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
  let pool = '';
  let used = 0;
  let lastMs = 0;
  let time = timeDigits(0);
  let counter = 0;
  return (nowMs) => {
    if (used >= pool.length) {
      pool = entropy(IDS_PER_FETCH * BYTES_PER_ID).toString('hex');
      used = 0;
    }
    const digits = (from: number, to: number) => pool.slice(used + from, used + to);
    if (nowMs > lastMs) {
      lastMs = nowMs;
      time = timeDigits(nowMs);
      counter = Number.parseInt(digits(0, 4), 16) & 0x7ff;
    } else if (counter < COUNTER_MAX) {
      counter += 1;
    } else {
      // Used up, or the clock stands still: borrow the next millisecond rather than repeat or go back.
      lastMs += 1;
      time = timeDigits(lastMs);
      counter = 0;
    }
    const variant = VARIANTS[Number.parseInt(digits(4, 5), 16) & 3] ?? '';
    const count = counter.toString(16).padStart(3, '0');
    const id = `${time}-7${count}-${variant}${digits(5, 8)}-${digits(8, 20)}`;
    used += BYTES_PER_ID * 2;
    return id;
  };
}

/** The digit whose first two bits are 10, and the last two random. */
const VARIANTS = ['8', '9', 'a', 'b'];

/** The first 48 bits: milliseconds since 1970. */
function timeDigits(ms: number): string {
  const digits = ms.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
