/** Background jobs as the server tells of them, and as they are shown. */
import { printable, printFields, printTable, type Style, styled } from './output.ts';
import { type Fields, number, record, text, textOrNull } from './wire.ts';
import { age } from './wording.ts';

export interface WireJob {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly done: number;
  /** Null while nobody knows. */
  readonly total: number | null;
  readonly error: string | null;
  readonly createdAt: string;
  /** All of it, as it came. */
  readonly raw: Fields;
}

const STATUS_STYLES: Readonly<Record<string, Style>> = {
  queued: 'cyan',
  running: 'blue',
  succeeded: 'green',
  failed: 'red',
  canceled: 'yellow',
};

export function jobFrom(value: unknown): WireJob {
  const raw = record(value);
  const progress = record(raw['progress']);
  return {
    id: text(raw, 'id'),
    type: text(raw, 'type'),
    status: text(raw, 'status'),
    done: number(progress, 'done'),
    total: progress['total'] === null ? null : number(progress, 'total'),
    error: textOrNull(raw, 'error'),
    createdAt: text(raw, 'created_at'),
    raw,
  };
}

export function printJobs(jobs: readonly WireJob[], nowMs: number): void {
  printTable(
    [
      { title: 'JOB' },
      { title: 'TYPE' },
      { title: 'STATUS' },
      { title: 'DONE', align: 'right' },
      { title: 'AGE', align: 'right' },
      { title: 'ERROR', isCut: true },
    ],
    jobs.map((job) => [
      { text: printable(job.id) },
      { text: printable(job.type) },
      statusCell(job.status),
      { text: progressText(job) },
      { text: age(job.createdAt, nowMs) },
      { text: printable(job.error ?? '') },
    ]),
  );
}

function statusCell(status: string) {
  const style = STATUS_STYLES[status];
  return { text: printable(status), ...(style === undefined ? {} : { style }) };
}

export function printJob(job: WireJob): void {
  const { raw } = job;
  const time = (name: string) => textOrNull(raw, name);
  printFields([
    ['Job', printable(job.id)],
    ['Type', printable(job.type)],
    ['Params', recordText(raw['params'])],
    ['Status', styled(STATUS_STYLES[job.status], printable(job.status))],
    ['Done', progressText(job)],
    ['Result', raw['result'] === null ? null : recordText(raw['result'])],
    ['Attempts', `${number(raw, 'attempts')} of ${number(raw, 'max_attempts')}`],
    ['Next', time('next_attempt_at')],
    ['Error', job.error === null ? null : printable(job.error)],
    ['Created', time('created_at')],
    ['Started', time('started_at')],
    ['Finished', time('finished_at')],
  ]);
}

function progressText({ done, total }: WireJob): string {
  const all = total === null ? '' : ` of ${total.toLocaleString('en')}`;
  return done.toLocaleString('en') + all;
}

/** `count 100, seed demo`; what is null is left out. Null when there is nothing to say. */
function recordText(value: unknown): string | null {
  const said = Object.entries(record(value))
    .filter(([, one]) => one !== null)
    .map(([name, one]) => printable(`${name} ${String(one)}`));
  return said.length === 0 ? null : said.join(', ');
}
