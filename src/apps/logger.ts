/**
 * Structured logs: JSON lines, one a request. Lines are gathered and written a few times a second, so that logging
 * never waits for a pipe; errors and the end of the process flush. In a terminal a line is short and for people.
 */
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { LogLines } from './log-lines.ts';
import { terminalLine } from './terminal-line.ts';

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
    const terminal = new Writable({
      write(chunk: Buffer, _encoding, done) {
        process.stdout.write(terminalLine(chunk.toString()), () => done());
      },
    });
    return { pino: pino(options, terminal), flush: () => {} };
  }
  const lines = new LogLines(1);
  return { pino: pino(options, lines), flush: () => lines.flush() };
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
