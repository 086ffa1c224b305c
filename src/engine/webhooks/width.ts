/**
 * How many requests to one endpoint may be under way at once: as many as it needs. While each answer comes before the
 * next delivery would have had to wait for long, one is enough, and does it with the least disturbance; whenever
 * something waits longer, because an answer hangs or there is much to send, there is room for one more.
 */
import { WEBHOOKS_IN_FLIGHT_MAX } from '../../core/limits.ts';

/** What waits so long gets one more place. */
const WIDEN_MS = 10;

export class Width {
  /** Wide until the endpoint has shown that it needs less. */
  #value = WEBHOOKS_IN_FLIGHT_MAX;
  #timer: NodeJS.Timeout | undefined;
  readonly #onWider: () => void;

  constructor(onWider: () => void) {
    this.#onWider = onWider;
  }

  get value(): number {
    return this.#value;
  }

  /** All that is due is under way, and there would be room for more. */
  isAmple(): void {
    this.#value = Math.max(1, this.#value - 1);
  }

  /** Something is leased and has no place. */
  waits(): void {
    if (this.#value === WEBHOOKS_IN_FLIGHT_MAX) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#value += 1;
      this.#onWider();
    }, WIDEN_MS);
  }

  /** Nothing waits any more. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
