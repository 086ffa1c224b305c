/**
 * Chance that can be had again: draws that follow from a seed and a name alone. SHA-512 and integers, so that they are
 * the same on every machine; each thing drawn for has a name of its own, so that one more draw here changes nothing there.
 */
import { hash } from 'node:crypto';

const DRAW_BYTES = 4;
const DRAWS_PER_UNIT = 2 ** 32;

export class Chance {
  readonly #source: string;
  #bytes: Buffer = Buffer.alloc(0);
  #used = 0;
  #blocks = 0;

  constructor(seed: string, name: string) {
    this.#source = `${name}\n${seed}`;
  }

  /** From 0 up to but not including 1. */
  share(): number {
    if (this.#used >= this.#bytes.length) {
      this.#blocks += 1;
      this.#bytes = hash('sha512', `${this.#blocks}\n${this.#source}`, 'buffer');
      this.#used = 0;
    }
    const draw = this.#bytes.readUInt32BE(this.#used);
    this.#used += DRAW_BYTES;
    return draw / DRAWS_PER_UNIT;
  }

  /** A whole number from `low` up to but not including `high`. */
  between(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low));
  }

  /** True as often as `share` says. */
  happens(share: number): boolean {
    return this.share() < share;
  }

  /** One of the items, which are not none. */
  oneOf<Item>(items: readonly Item[]): Item {
    return found(items[this.between(0, items.length)]);
  }

  /** One of the items by their shares, which sum to 1; the last one takes what rounding leaves. */
  byShare<Item extends { readonly share: number }>(items: readonly Item[]): Item {
    let left = this.share();
    return found(items.find(({ share }) => (left -= share) < 0) ?? items.at(-1));
  }
}

function found<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error('assertion failed: there is something to draw from');
  return item;
}
