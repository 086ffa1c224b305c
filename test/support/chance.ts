/** Chance for tests: everything drawn follows from one seed, which whoever fails prints. */
import { createHash, randomBytes } from 'node:crypto';

export interface Chance {
  /** A number in [0, 1). */
  fraction(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with this probability. */
  happens(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}

/** A seed for a run that was given none. */
export function freshSeed(): string {
  return randomBytes(4).toString('hex');
}

/** sfc32 (Chris Doty-Humphrey's PractRand), started from a hash of the seed. */
export function chanceFrom(seed: string): Chance {
  const start = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => start.readUInt32LE(at)) as Words;
  const fraction = () => {
    const drawn = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + drawn;
    return (drawn >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(fraction() * (max - min + 1));
  return {
    fraction,
    int,
    happens: (probability) => fraction() < probability,
    pick<Item>(items: readonly Item[]) {
      if (items.length === 0) throw new Error('there is nothing to pick from');
      return items[int(0, items.length - 1)] as Item;
    },
  };
}

type Words = [number, number, number, number];
