/** A client of the live feed for tests: everything that came, read as the HTML standard says. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { expectEventually } from '../property/store.ts';

export interface StreamedEvent {
  readonly id: string;
  readonly cursor: string;
  readonly type: string;
  readonly payment_id: string | null;
  readonly payment_sequence: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Reset {
  readonly reason: string;
  readonly detail: string;
  readonly cursor: string;
}

export interface Stream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** All that came, as it came. */
  readonly text: () => string;
  readonly events: readonly StreamedEvent[];
  readonly resets: readonly Reset[];
  /** The last id that was sent, with an event or without. */
  readonly lastId: () => string;
  readonly hasEnded: () => boolean;
  /** It ended, and was not broken off. */
  readonly isComplete: () => boolean;
  /** Waits for so many events. */
  has(events: number): Promise<void>;
  /** Reads nothing from now on, and does not say so. */
  freeze(): void;
  thaw(): void;
  close(): void;
}

export interface StreamOptions {
  readonly port: number;
  /** From the question mark on. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A machine that does ten other things takes its time. */
const COMES_MS_MAX = 20_000;

/** Resolves when the answer has begun, whatever its status. */
export function openStream(options: StreamOptions): Promise<Stream> {
  const { port, query = '', headers = {} } = options;
  const path = `/events/stream${query}`;
  return new Promise((resolve, reject) => {
    let isBroken = false;
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      const { take, ...seen } = reader();
      let hasEnded = false;
      answer.setEncoding('utf8');
      answer.on('data', take);
      answer.on('error', () => {});
      answer.on('close', () => {
        hasEnded = true;
      });
      resolve({
        ...seen,
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        hasEnded: () => hasEnded,
        isComplete: () => hasEnded && !isBroken,
        has: (count) => expectEventually(() => seen.events.length >= count, COMES_MS_MAX),
        freeze: () => answer.pause(),
        thaw: () => answer.resume(),
        close: () => asked.destroy(),
      });
    });
    // A connection that is broken off after the answer began is an end, see above.
    asked.on('error', (error) => {
      isBroken = true;
      reject(error);
    });
    asked.end();
  });
}

function reader() {
  const events: StreamedEvent[] = [];
  const resets: Reset[] = [];
  const chunks: string[] = [];
  let lastId = '';
  let rest = '';
  const block = (lines: readonly string[]) => {
    const valueOf = (field: string) =>
      lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2);
    lastId = valueOf('id') ?? lastId;
    const content = valueOf('data');
    if (content === undefined) return;
    if (valueOf('event') === 'reset') resets.push(JSON.parse(content) as Reset);
    else events.push(JSON.parse(content) as StreamedEvent);
  };
  return {
    events,
    resets,
    text: () => chunks.join(''),
    lastId: () => lastId,
    take: (chunk: string) => {
      chunks.push(chunk);
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const one of blocks) block(one.split('\n'));
    },
  };
}
