/** `farthing jobs …`: what takes longer than a request may, asked for, watched and canceled. */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { PAGE_ITEMS_MAX } from '../../../adapters/http/limits.ts';
import { JOB_STATUSES, JOB_TYPES } from '../../../engine/jobs/job.ts';
import { KEEP_DAYS_MAX, SEED_BATCH_MAX, SEED_COUNT_MAX } from '../../../engine/jobs/limits.ts';
import { identifier, wholeNumber } from '../arguments.ts';
import type { Answer, Client } from '../client.ts';
import { CliError, EXIT } from '../exit.ts';
import { type KeyOptions, noteReplay, withKey } from '../idempotency.ts';
import { jobFrom, printJob, printJobs, type WireJob } from '../job-view.ts';
import { note, printLine } from '../output.ts';
import { backOffMs, firstLine, isPassing } from '../patience.ts';
import { type Progress, startProgress } from '../progress.ts';
import { type GlobalOptions, openSession, type Session } from '../session.ts';
import { pageFrom } from '../wire.ts';

interface RunOptions extends GlobalOptions, KeyOptions {
  readonly count?: number;
  readonly batchSize?: number;
  readonly seed?: string;
  readonly card?: string;
  readonly keepDays?: number;
  readonly follow?: true;
}

interface ListOptions extends GlobalOptions {
  readonly status?: string;
  readonly type?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

interface ShowOptions extends GlobalOptions {
  readonly follow?: true;
}

/** How often it asks how far the job is: progress is written a little more often. */
const LOOK_MS = 500;

/** Answers that may fail to come, one after the other, before the server is given up. */
const FAILURES_MAX = 20;

const ID_EXAMPLE = 'job_0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21';

export function defineJobs(command: Command): void {
  command
    .description('What takes longer than a request may: the server, or a worker, does it.')
    .helpCommand(false);
  defineRun(command.command('run'));
  defineList(command.command('list'));
  defineShow(command.command('show'));
  defineCancel(command.command('cancel'));
}

function defineRun(command: Command): void {
  withKey(command)
    .description('Have a job done. With --follow it is watched to its end; Ctrl-C only stops that.')
    .argument('<type>', JOB_TYPES.join(', '))
    .option(
      '--count <number>',
      'seed_synthetic_transactions, needed: payments to make',
      wholeNumber(1, SEED_COUNT_MAX),
    )
    .option(
      '--batch-size <number>',
      'seed_synthetic_transactions: committed together (250)',
      wholeNumber(1, SEED_BATCH_MAX),
    )
    .option('--seed <text>', 'seed_synthetic_transactions: the same seed, the same payments')
    .option('--card <fingerprint>', 'refresh_features: of this card only')
    .option(
      '--keep-days <number>',
      'retention: keep what is younger (30)',
      wholeNumber(1, KEEP_DAYS_MAX),
    )
    .option('--follow', 'show how far it is, until it is over; 1 unless it succeeds')
    .addHelpText(
      'after',
      `
Examples:
  farthing jobs run seed_synthetic_transactions --count 100000 --follow
  farthing jobs run retention --keep-days 7`,
    )
    .action(async (type: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<RunOptions>();
      const session = openSession(options);
      const { idempotencyKey } = options;
      const answer = await session.client.post('/jobs', bodyOf(type, options), {
        idempotencyKey,
        waitSeconds: undefined,
      });
      noteReplay(answer);
      await show(session, answer, options.follow === true);
    });
}

/** Which of them a type takes is for the server to say. */
function bodyOf(type: string, { count, batchSize, seed, card, keepDays }: RunOptions): string {
  const params = {
    count,
    batch_size: batchSize,
    seed,
    card_fingerprint: card,
    keep_days: keepDays,
  };
  return JSON.stringify({ type, params });
}

function defineList(command: Command): void {
  command
    .description('List jobs, newest first.')
    .option('--status <status>', `${JOB_STATUSES.join(', ')}; several joined by commas`)
    .option('--type <type>', 'of this type only; several joined by commas')
    .option('--limit <number>', 'jobs a page (20)', wholeNumber(1, PAGE_ITEMS_MAX))
    .option('--cursor <cursor>', 'where an earlier page ended')
    .addHelpText('after', '\nExample:\n  farthing jobs list --status running,queued')
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ListOptions>();
      const { client, isJson } = openSession(options);
      const { status, type, limit, cursor } = options;
      const { text, body } = await client.get('/jobs', {
        status,
        type,
        limit: limit === undefined ? undefined : String(limit),
        cursor,
      });
      if (isJson) {
        printLine(text);
        return;
      }
      const { items, nextCursor } = pageFrom(body, jobFrom);
      if (items.length > 0) printJobs(items, Date.now());
      else note('No jobs here.');
      if (nextCursor !== null) note(`There are more: --cursor ${nextCursor}`);
    });
}

function defineShow(command: Command): void {
  command
    .description('Show one job.')
    .argument('<id>', 'of the job', identifier)
    .addOption(new Option('--follow', 'show how far it is, until it is over; 1 unless it succeeds'))
    .addHelpText('after', `\nExample:\n  farthing jobs show ${ID_EXAMPLE} --follow`)
    .action(async (id: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ShowOptions>();
      const session = openSession(options);
      const answer = await session.client.get(`/jobs/${id}`);
      await show(session, answer, options.follow === true);
    });
}

function defineCancel(command: Command): void {
  command
    .description('Stop a job; what it has done stays done.')
    .argument('<id>', 'of the job', identifier)
    .addHelpText('after', `\nExample:\n  farthing jobs cancel ${ID_EXAMPLE}`)
    .action(async (id: string, _options: unknown, self: Command) => {
      const session = openSession(self.optsWithGlobals<GlobalOptions>());
      const options = { idempotencyKey: undefined, waitSeconds: undefined };
      await show(session, await session.client.post(`/jobs/${id}/cancel`, '', options), false);
    });
}

async function show({ client, isJson }: Session, answer: Answer, isToFollow: boolean) {
  const asked = jobFrom(answer.body);
  const job = isToFollow ? await followed(client, asked) : asked;
  if (isJson) printLine(JSON.stringify(job.raw));
  else printJob(job);
  if (isToFollow && job.status !== 'succeeded' && !isUnderWay(job)) {
    throw new CliError(
      EXIT.failed,
      `the job ${job.status}${job.error === null ? '' : `: ${job.error}`}`,
    );
  }
}

function isUnderWay({ status }: WireJob): boolean {
  return status === 'queued' || status === 'running';
}

/** Until it is over, or somebody has seen enough. */
async function followed(client: Client, asked: WireJob): Promise<WireJob> {
  const enough = new AbortController();
  const stop = () => enough.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (isUnderWay(asked)) note(`Watching ${asked.id}; Ctrl-C ends that, and not the job.`);
  const bar = new Bar();
  let job = asked;
  try {
    bar.show(job);
    for (let failures = 0; isUnderWay(job) && !enough.signal.aborted;) {
      await sleep(LOOK_MS, undefined, { signal: enough.signal }).catch(() => {});
      try {
        job = jobFrom((await client.get(`/jobs/${asked.id}`)).body);
        failures = 0;
        bar.show(job);
      } catch (error) {
        failures += 1;
        if (!isPassing(error) || failures > FAILURES_MAX) throw error;
        bar.say(`${firstLine(error)}; asking again.`);
        await sleep(backOffMs(LOOK_MS, failures, error), undefined, enough).catch(() => {});
      }
    }
  } finally {
    bar.end();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  if (isUnderWay(job)) note(`It goes on; to watch it: farthing jobs show ${job.id} --follow`);
  return job;
}

/** How far a job is; begins when it is known how long the way is. */
class Bar {
  #progress: Progress | null = null;
  #done = 0;
  #told: string | null = null;

  show({ done, total, status, error }: WireJob): void {
    if (this.#progress === null && total !== null && total > 0) {
      this.#progress = startProgress(total, done);
    } else {
      this.#progress?.step(Math.max(0, done - this.#done));
    }
    this.#done = Math.max(done, this.#done);
    if (status !== 'queued' || error === null || error === this.#told) return;
    this.#told = error;
    this.say(`A try failed: ${error}. It is tried again.`);
  }

  say(line: string): void {
    if (this.#progress === null) note(line);
    else this.#progress.say(line);
  }

  end(): void {
    this.#progress?.end();
  }
}
