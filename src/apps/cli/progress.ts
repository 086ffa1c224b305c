/**
 * How far it is, on stderr: in a terminal one line that is written anew, else a line for every tenth. What is made of it
 * in the end is the command's business.
 */
import process from 'node:process';
import { note } from './output.ts';

export interface Progress {
  /** One more is done, or so many. */
  step(count?: number): void;
  /** Something to be known meanwhile. */
  say(line: string): void;
  /** Takes the line in the terminal away. */
  end(): void;
}

const TENTHS = 10;
const REWRITE_MS = 100;
const BAR_COLUMNS = 24;

export function startProgress(total: number): Progress {
  return process.stderr.isTTY ? rewrittenLine(total) : plainLines(total);
}

function rewrittenLine(total: number): Progress {
  const startedAt = performance.now();
  let done = 0;
  const clear = () => process.stderr.write('\r\u001b[K');
  const timer = setInterval(() => {
    const line = lineOf(done, total, (performance.now() - startedAt) / 1000);
    clear();
    // A terminal that does not know how wide it is says 0.
    const columns = process.stderr.columns || line.length + 1;
    process.stderr.write(line.slice(0, columns - 1));
  }, REWRITE_MS);
  return {
    step: (count = 1) => (done += count),
    say(line) {
      clear();
      note(line);
    },
    end() {
      clearInterval(timer);
      clear();
    },
  };
}

function lineOf(done: number, total: number, seconds: number): string {
  const full = Math.floor((done / total) * BAR_COLUMNS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
  const rate = done / seconds;
  const left = done === 0 ? '' : `, ${Math.ceil((total - done) / rate)} s left`;
  return `${bar} ${Math.floor((done / total) * 100)} %  ${figures(done, total, rate)}${left}`;
}

function plainLines(total: number): Progress {
  const startedAt = performance.now();
  let done = 0;
  return {
    step(count = 1) {
      done += count;
      const isTenth =
        Math.floor((done * TENTHS) / total) > Math.floor(((done - count) * TENTHS) / total);
      if (isTenth) note(figures(done, total, done / ((performance.now() - startedAt) / 1000)));
    },
    say: note,
    end: () => {},
  };
}

function figures(done: number, total: number, rate: number): string {
  const [made, all, perSecond] = [done, total, Math.round(rate)].map((n) => n.toLocaleString('en'));
  return `${made} of ${all}, ${perSecond} a second`;
}
