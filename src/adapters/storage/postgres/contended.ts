/**
 * Payments and idempotency keys that several processes wanted to change at once. For a while they are locked before they
 * are read: who only hopes that nobody else is first has to do the work twice when it is not so.
 */

/** Long enough that the work done twice is a small part of all work. */
const REMEMBERED_MS = 1_000;
/** A few batches' worth; who is forgotten early is at most done twice. */
const NAMES_MAX = 4_096;

export interface Wanted {
  readonly keys: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

export class Contended {
  readonly #nowMs: () => number;
  /** Until when each is remembered; the one that was added last comes last. */
  readonly #until = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add({ keys, ids }: Wanted): void {
    const untilMs = this.#nowMs() + REMEMBERED_MS;
    for (const name of [...keys, ...ids]) {
      this.#until.delete(name);
      this.#until.set(name, untilMs);
    }
    for (const [name] of this.#until) {
      if (this.#until.size <= NAMES_MAX) return;
      this.#until.delete(name);
    }
  }

  has({ keys, ids }: Wanted): boolean {
    if (this.#until.size === 0) return false;
    const nowMs = this.#nowMs();
    const isRemembered = (name: string) => (this.#until.get(name) ?? 0) > nowMs;
    return [...keys, ...ids].some(isRemembered);
  }
}
