/** What a recount finds: what was claimed, how much was compared, and what is different. */

export interface RecountCheck {
  readonly name:
    | 'account_totals'
    | 'trial_balance'
    | 'payment_amounts'
    | 'counters'
    | 'versions'
    | 'timers'
    | 'search_index'
    | 'log_order'
    | 'time_series';
  /** What must be true. */
  readonly claim: string;
  /** How much was compared, for people. */
  readonly figure: string;
  readonly differences: number;
  /** The first differences, a sentence each. */
  readonly examples: readonly string[];
}

/** More would not be read. */
export const EXAMPLES_MAX = 5;

/** What was found different: all of it is counted, the first few are kept. */
export class Differences {
  readonly #examples: string[] = [];
  #count = 0;

  add(sentence: string): void {
    this.#count += 1;
    if (this.#count <= EXAMPLES_MAX) this.#examples.push(sentence);
  }

  check(name: RecountCheck['name'], claim: string, figure: string): RecountCheck {
    return { name, claim, figure, differences: this.#count, examples: this.#examples };
  }
}

/** `1 entry`, `2 entries`. */
export function counting(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
