/** `farthing seed`: realistic payments for a server that is running, the same ones for the same seed. */
import process from 'node:process';
import type { Command } from 'commander';
import { newSeed } from '../../../adapters/system/random.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliError } from '../exit.ts';
import { note, printable, printFields, printLine } from '../output.ts';
import { startProgress } from '../progress.ts';
import { createPoster } from '../seed/poster.ts';
import { requestAt } from '../seed/requests.ts';
import { sendAll } from '../seed/sending.ts';
import { type GlobalOptions, openSession, type Session } from '../session.ts';
import { statusFrom } from '../wire.ts';

interface SeedOptions extends GlobalOptions {
  readonly batchSize: number;
  readonly seed?: string;
  readonly cards: number;
  readonly concurrency: number;
}

const BATCH_SIZE = 1_000;
const BATCH_SIZE_MAX = 1_000_000;
const CARDS = 2_000;
const CARDS_MAX = 1_000_000;

/** Enough to fill the server's batches; more only wait there. */
const CONCURRENCY = 32;
const CONCURRENCY_MAX = 256;

export function defineSeed(command: Command): void {
  command
    .description(
      'Make realistic payments: cards, devices, merchants, prices as a town full of shops has them. ' +
        'Three of four are card authorizations, the others payments from accounts.',
    )
    .option('--batch-size <number>', 'payments', wholeNumber(1, BATCH_SIZE_MAX), BATCH_SIZE)
    .option('--seed <text>', 'the same seed sends the same requests in the same order (random)')
    .option('--cards <number>', 'different cards', wholeNumber(1, CARDS_MAX), CARDS)
    .option(
      '--concurrency <number>',
      'requests on their way at a time',
      wholeNumber(1, CONCURRENCY_MAX),
      CONCURRENCY,
    )
    .addHelpText(
      'after',
      `
Examples:
  farthing seed --batch-size 10000
  farthing seed --batch-size 500 --seed demo --cards 50 --json`,
    )
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<SeedOptions>();
      await seed(openSession(options), options);
    });
}

/** What came of it so far. */
class Tally {
  cards = 0;
  accounts = 0;
  approved = 0;
  declined = 0;
  /** Without an outcome as yet. */
  pending = 0;

  get made(): number {
    return this.cards + this.accounts;
  }

  add(path: '/payment' | '/payments', status: string): void {
    if (path === '/payment') this.cards += 1;
    else this.accounts += 1;
    if (status === 'Approved' || status === 'SUCCESS') this.approved += 1;
    else if (status === 'Declined' || status === 'FAILED') this.declined += 1;
    else this.pending += 1;
  }
}

async function seed({ target, isJson }: Session, options: SeedOptions): Promise<void> {
  const { batchSize, cards, concurrency, seed: seedText = newSeed() } = options;
  const tally = new Tally();
  const progress = startProgress(batchSize);
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const poster = createPoster(target, concurrency);
  const startedAt = performance.now();
  const summarize = () => {
    progress.end();
    const seconds = (performance.now() - startedAt) / 1000;
    return { tally, seconds, seed: seedText, asked: batchSize };
  };
  try {
    await sendAll({
      target,
      poster,
      total: batchSize,
      requestAt: (index) => requestAt(seedText, index, cards),
      concurrency,
      signal: interrupted.signal,
      onTaken({ path }, body) {
        tally.add(path, statusFrom(body));
        progress.step();
      },
      onWait: (why, waitMs) => progress.say(waitText(why, waitMs)),
    });
  } catch (error) {
    const summary = summarize();
    // With --json the refusal is the one document on stdout.
    if (isJson) note(`${tally.made} of ${batchSize} payments were made before that.`);
    else if (tally.made > 0) printSummary(summary);
    throw error;
  } finally {
    poster.close();
  }
  const summary = summarize();
  if (isJson) printLine(jsonOf(summary));
  else printSummary(summary);
}

function waitText({ message }: CliError, waitMs: number): string {
  const [first = ''] = message.split('\n', 1);
  return `${first}: going on in ${(waitMs / 1000).toFixed(1)} s.`;
}

interface Summary {
  readonly tally: Tally;
  readonly seconds: number;
  readonly seed: string;
  readonly asked: number;
}

function printSummary({ tally, seconds, seed: seedText, asked }: Summary): void {
  const { made, cards, accounts, approved, declined, pending } = tally;
  const text = (number: number) => number.toLocaleString('en');
  const of = made < asked ? ` of ${text(asked)}` : '';
  printFields([
    ['Made', `${text(made)}${of}: ${text(cards)} by card, ${text(accounts)} by account`],
    ['Approved', text(approved)],
    ['Declined', text(declined)],
    ['Under way', pending === 0 ? null : text(pending)],
    ['Per second', `${text(Math.round(made / seconds))} for ${seconds.toFixed(1)} s`],
    ['Seed', printable(seedText)],
  ]);
}

function jsonOf({ tally, seconds, seed: seedText, asked }: Summary): string {
  const { made, cards, accounts, approved, declined, pending } = tally;
  return JSON.stringify({
    asked,
    made,
    by_card: cards,
    by_account: accounts,
    approved,
    declined,
    under_way: pending,
    seconds: Math.round(seconds * 1000) / 1000,
    per_second: Math.round(made / seconds),
    seed: seedText,
  });
}
