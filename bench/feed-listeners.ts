/**
 * Many clients of the live feed, a program of its own: each checks that the places in the log come one after the other.
 * A line on stdin asks for what they saw so far. The last of them never read, as frozen clients do. It ends with its
 * stdin, so that it never outlives the benchmark.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** What a question is answered with. */
export interface Heard {
  /** Together. */
  readonly events: number;
  readonly gaps: number;
  readonly repeats: number;
  /** Connections of those who read that ended. */
  readonly ended: number;
  /** The least and the most that one of them has seen. */
  readonly fewest: number;
  readonly most: number;
}

class Listener {
  events = 0;
  gaps = 0;
  repeats = 0;
  hasEnded = false;
  #last: number | null = null;
  #rest = '';

  /** A block ends with an empty line; the head of the answer does too. */
  take(chunk: string): void {
    const blocks = `${this.#rest}${chunk}`.split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#block(block);
  }

  #block(block: string): void {
    const [, id] = /^id: (.*)$/m.exec(block) ?? [];
    if (id === undefined) return;
    const place = Buffer.from(id, 'base64url').toString();
    const sequence = Number(place.slice(place.lastIndexOf('.') + 1));
    // Without data it says where the feed begins, or how far the log was read.
    if (!/^data: /m.test(block)) {
      this.#last ??= sequence;
      return;
    }
    this.events += 1;
    const expected = (this.#last ?? sequence - 1) + 1;
    if (sequence < expected) this.repeats += 1;
    else if (sequence > expected) this.gaps += 1;
    this.#last = Math.max(sequence, this.#last ?? 0);
  }
}

const [url = '', readers = '0', frozen = '0'] = process.argv.slice(2);
const { hostname, port, host } = new URL(url);
const listeners = Array.from({ length: Number(readers) }, () => new Listener());

function open(listener: Listener | null): void {
  const socket = connect(Number(port), hostname);
  socket.write(`GET /events/stream HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  socket.setEncoding('latin1').on('error', () => {});
  if (listener === null) {
    socket.pause();
    return;
  }
  socket.on('data', (chunk: string) => listener.take(chunk));
  socket.on('close', () => (listener.hasEnded = true));
}

for (const listener of listeners) open(listener);
for (let index = 0; index < Number(frozen); index += 1) open(null);

createInterface({ input: process.stdin })
  .on('line', () => {
    const sum = (of: (listener: Listener) => number) =>
      listeners.reduce((total, listener) => total + of(listener), 0);
    const seen = listeners.map(({ events }) => events);
    const heard: Heard = {
      events: sum(({ events }) => events),
      gaps: sum(({ gaps }) => gaps),
      repeats: sum(({ repeats }) => repeats),
      ended: sum(({ hasEnded }) => Number(hasEnded)),
      fewest: Math.min(...seen),
      most: Math.max(...seen),
    };
    console.log(JSON.stringify(heard));
  })
  .on('close', () => process.exit(0));
