/**
 * How the thread that delivers gives way to the one that takes payments: it never runs for long at a stretch. A system
 * lets a thread go on to the end of its slice, some milliseconds, while another one wants the same processor; a pause
 * far shorter than that hands it over at once. Nothing is given away when nobody pays, or when deliveries are late.
 */

/** Work at a stretch: shorter than what a caller would notice. */
const STRETCH_MS = 0.1;

/** Systems make it longer by about as much again. */
const PAUSE_MS = 0.05;

/** Payments that came within this time are followed by others. */
const PAYMENTS_MS = 250;

/** What has been due for so long is late: from then on, for a while, deliveries are as urgent as payments. */
const LATE_MS = 600;
const LATE_FOR_MS = 1_000;

export interface Courtesy {
  /** Somebody pays. */
  readonly paid: () => void;
  /** Called often by whoever works on this thread; `dueForMs` says how long the delivery has been due that is sent next. */
  readonly giveWay: (dueForMs?: number) => void;
}

export interface CourtesyParts {
  /** A clock that only measures. */
  readonly ticksMs: () => number;
  /** How long this thread has waited for something to do, in all. */
  readonly restedMs: () => number;
  /** Holds the thread for about so long. */
  readonly pause: (ms: number) => void;
}

export function courtesy({ ticksMs, restedMs, pause }: CourtesyParts): Courtesy {
  let beganAtMs = -Infinity;
  let restedAtMs = 0;
  let paidAtMs = -Infinity;
  let lateAtMs = -Infinity;
  return {
    paid: () => {
      paidAtMs = ticksMs();
    },
    giveWay: (dueForMs = 0) => {
      const nowMs = ticksMs();
      const rested = restedMs();
      if (dueForMs >= LATE_MS) lateAtMs = nowMs;
      if (rested > restedAtMs) {
        // It has given way by itself: a new stretch begins.
        restedAtMs = rested;
        beganAtMs = nowMs;
      } else if (nowMs - beganAtMs >= STRETCH_MS) {
        if (nowMs - paidAtMs < PAYMENTS_MS && nowMs - lateAtMs > LATE_FOR_MS) pause(PAUSE_MS);
        beganAtMs = ticksMs();
      }
    },
  };
}

/** Of the thread that calls it. */
export function threadCourtesy(): Courtesy {
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  return courtesy({
    ticksMs: () => performance.now(),
    // By the event loop's count. The processor time of a thread would not do: Linux brings it up to date only when the
    // thread is interrupted, up to four milliseconds later.
    restedMs: () => performance.nodeTiming.idleTime,
    // Nobody ever wakes it: it is the time that ends the wait.
    pause: (ms) => void Atomics.wait(cell, 0, 0, ms),
  });
}
