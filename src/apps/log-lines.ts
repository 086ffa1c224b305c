/**
 * Where log lines go: gathered, and written a few times a second without waiting for whoever reads them. A reader
 * that goes away (`| head`) is no reason to stop or to hang; lines for nobody are dropped. (sonic-boom, pino's own
 * destination, retries a flush into a closed pipe for ever.)
 */
import { write, writeSync } from 'node:fs';

const FLUSH_BYTES = 16 * 1024;
const FLUSH_MS = 250;

/** Lines that wait for a slow reader; more are dropped rather than held in memory. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

/** How often a flush at the end tries a reader that is not ready. */
const LAST_TRIES = 50;

export class LogLines {
  readonly #descriptor: number;
  #waiting = '';
  #isWriting = false;
  #isClosed = false;
  readonly #timer: NodeJS.Timeout;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.#timer = setInterval(() => this.#start(), FLUSH_MS).unref();
  }

  write(line: string): void {
    if (this.#isClosed || this.#waiting.length > WAITING_BYTES_MAX) return;
    this.#waiting += line;
    if (this.#waiting.length >= FLUSH_BYTES) this.#start();
  }

  /** Writes what waits before it returns; gives up on a reader that is gone or stuck. */
  flush(): void {
    let rest: Uint8Array = Buffer.from(this.#waiting);
    this.#waiting = '';
    for (let tries = 0; rest.length > 0 && !this.#isClosed && tries < LAST_TRIES;) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor, rest));
      } catch (error) {
        tries += 1;
        if (!isBusy(error)) this.#close();
      }
    }
  }

  #start(): void {
    if (this.#isWriting || this.#isClosed || this.#waiting === '') return;
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#isWriting = true;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error !== null && !isBusy(error)) return this.#close();
      const rest = bytes.subarray(error === null ? written : 0);
      if (rest.length === 0) {
        this.#isWriting = false;
        return;
      }
      // A reader that is not ready is given a moment.
      setTimeout(() => this.#write(rest), error === null ? 0 : FLUSH_MS).unref();
    });
  }

  #close(): void {
    this.#isClosed = true;
    this.#waiting = '';
    clearInterval(this.#timer);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
