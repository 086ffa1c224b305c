/**
 * How the thread that delivers gives way to the one that takes payments: it never runs for long at a stretch. A system
 * lets a thread go on to the end of its slice, some milliseconds, while another one wants the same processor; a pause
 * far shorter than that hands it over at once. Nothing is given away when nobody pays, or when deliveries are late.
 */

/** Processor time at a stretch: shorter than what a caller would notice. */
const STRETCH_MS = 0.4;

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
  /** Processor time that this thread has used. */
  readonly usedMs: () => number;
  /** Holds the thread for about so long. */
  readonly pause: (ms: number) => void;
}

export function courtesy({ ticksMs, usedMs, pause }: CourtesyParts): Courtesy {
  let lookAtMs = -Infinity;
  let usedAtMs = 0;
  let paidAtMs = -Infinity;
  let lateAtMs = -Infinity;
  const begin = () => {
    usedAtMs = usedMs();
    lookAtMs = ticksMs() + STRETCH_MS;
  };
  return {
    paid: () => {
      paidAtMs = ticksMs();
    },
    giveWay: (dueForMs = 0) => {
      const nowMs = ticksMs();
      if (dueForMs >= LATE_MS) lateAtMs = nowMs;
      if (nowMs < lookAtMs) return;
      const leftMs = STRETCH_MS - (usedMs() - usedAtMs);
      // It has rested meanwhile by itself.
      if (leftMs > 0) lookAtMs = nowMs + leftMs;
      else {
        if (nowMs - paidAtMs < PAYMENTS_MS && nowMs - lateAtMs > LATE_FOR_MS) pause(PAUSE_MS);
        begin();
      }
    },
  };
}

/** Of the thread that calls it. */
export function threadCourtesy(): Courtesy {
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  return courtesy({
    ticksMs: () => performance.now(),
    usedMs() {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1_000;
    },
    // Nobody ever wakes it: it is the time that ends the wait.
    pause: (ms) => void Atomics.wait(cell, 0, 0, ms),
  });
}
