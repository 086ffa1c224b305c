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

/** `before` were done when it began to look: they stand in the line, and not in how many a second there are. */
export function startProgress(total: number, before = 0): Progress {
  return process.stderr.isTTY ? rewrittenLine(total, before) : plainLines(total, before);
}

function rewrittenLine(total: number, before: number): Progress {
  const startedAt = performance.now();
  let done = before;
  const clear = () => process.stderr.write('\r\u001b[K');
  const timer = setInterval(() => {
    const rate = ((done - before) * 1000) / (performance.now() - startedAt);
    const line = lineOf(done, total, rate);
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

function lineOf(done: number, total: number, rate: number): string {
  const full = Math.floor((done / total) * BAR_COLUMNS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
  const left = rate === 0 ? '' : `, ${Math.ceil((total - done) / rate)} s left`;
  return `${bar} ${Math.floor((done / total) * 100)} %  ${figures(done, total, rate)}${left}`;
}

function plainLines(total: number, before: number): Progress {
  const startedAt = performance.now();
  let done = before;
  return {
    step(count = 1) {
      done += count;
      const isTenth =
        Math.floor((done * TENTHS) / total) > Math.floor(((done - count) * TENTHS) / total);
      const rate = ((done - before) * 1000) / (performance.now() - startedAt);
      if (isTenth) note(figures(done, total, rate));
    },
    say: note,
    end: () => {},
  };
}

function figures(done: number, total: number, rate: number): string {
  const [made, all, perSecond] = [done, total, Math.round(rate)].map((n) => n.toLocaleString('en'));
  return `${made} of ${all}, ${perSecond} a second`;
}
