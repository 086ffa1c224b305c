/**
 * Whether Redis is to be asked. After a few failures in a row it is left alone, but for one probe now and then, so that nobody
 * waits for what does not answer.
 *
 *   closed ──three failures in a row, or the connection is gone──► open ──a probe is answered──► closed
 */

/** One late answer may be our own fault: this process was busy. */
const FAILURES_MAX = 3;

export class Breaker {
  /** Null while it is closed; else why it is open. */
  reason: string | null;
  readonly #onChange: () => void;
  #failures = 0;

  /** Open until the first answer. */
  constructor(reason: string, onChange: () => void) {
    this.reason = reason;
    this.#onChange = onChange;
  }

  get isOpen(): boolean {
    return this.reason !== null;
  }

  answered(): void {
    this.#failures = 0;
    if (this.reason === null) return;
    this.reason = null;
    this.#onChange();
  }

  failed(reason: string | null): void {
    this.#failures += 1;
    if (this.#failures >= FAILURES_MAX) this.lost(reason);
  }

  /** There is no connection to ask on; null when nothing is known of why. */
  lost(reason: string | null): void {
    const wasOpen = this.isOpen;
    this.reason = reason ?? this.reason ?? 'the connection was lost';
    if (!wasOpen) this.#onChange();
  }
}
