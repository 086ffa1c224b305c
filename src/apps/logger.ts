/**
 * Structured logs: JSON lines, one a request. Lines are gathered and written a few times a second, so that logging
 * never waits for a pipe; errors and the end of the process flush. In a terminal a line is short and for people.
 */
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { terminalLine } from './terminal-line.ts';

const BUFFER_BYTES = 8 * 1024;
const FLUSH_MS = 250;

export interface ServerLogger {
  readonly pino: Logger;
  flush(): void;
}

export function createLogger(level: string, isTerminal: boolean): ServerLogger {
  const options = {
    level,
    base: null,
    messageKey: 'message',
    timestamp,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (isTerminal) {
    const lines = new Writable({
      write(chunk: Buffer, _encoding, done) {
        process.stdout.write(terminalLine(chunk.toString()), () => done());
      },
    });
    return { pino: pino(options, lines), flush: () => {} };
  }
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  });
  const flush = () => {
    try {
      destination.flushSync();
    } catch {
      // Nobody reads the log any more (a closed pipe): no reason to fail.
    }
  };
  return { pino: pino(options, destination), flush };
}

let lastMs = -1;
let lastText = '';

/** ISO time, made once a millisecond: at a thousand lines a second most of them share it. */
function timestamp(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastText = `,"time":"${new Date(nowMs).toISOString()}"`;
  }
  return lastText;
}
