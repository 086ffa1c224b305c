/** `farthing events`: a page of the event log, or the log as it grows. */
import process from 'node:process';
import type { Command } from 'commander';
import { EVENT_PAGE_ITEMS_MAX } from '../../../adapters/http/limits.ts';
import { identifier, wholeNumber } from '../arguments.ts';
import { followEvents } from '../follow.ts';
import { isTerminal, note, printable, printLine, styled } from '../output.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { eventFrom, pageFrom, type WireEvent, type WirePayment } from '../wire.ts';
import { amountText, statusStyle } from '../wording.ts';

interface EventsOptions extends GlobalOptions {
  readonly follow?: true;
  readonly new?: true;
  readonly after?: string;
  readonly type?: string;
  readonly payment?: string;
  readonly limit?: number;
}

/** The longest type there is, and the longest amount that is not rare. */
const TYPE_COLUMNS = 26;
const AMOUNT_COLUMNS = 14;

/** Who wants more does not want a limit. */
const EVENTS_MAX = 1_000_000_000;

export function defineEvents(command: Command): void {
  command
    .description('The event log, oldest first.')
    .option('--follow', 'go on with what happens from there, until Ctrl-C')
    .option('--new', 'with --follow: begin with what happens from now on')
    .option('--after <cursor>', 'begin behind this event')
    .option('--type <type>', 'one, or several joined by commas')
    .option('--payment <id>', 'of this payment only', identifier)
    .option(
      '--limit <number>',
      'events a page (20); with --follow, end after so many',
      wholeNumber(1, EVENTS_MAX),
    )
    .addHelpText(
      'after',
      `
Examples:
  farthing events --follow --new
  farthing events --payment 01980000-0000-7000-8000-000000000000
  farthing events --follow --type payment.failed --json | jq .data.failure_reason`,
    )
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<EventsOptions>();
      if (options.new === true && (options.follow !== true || options.after !== undefined)) {
        self.error("error: option '--new' goes with --follow, and not with --after");
      }
      await (options.follow === true ? follow(options) : list(options));
    });
}

async function list(options: EventsOptions): Promise<void> {
  const { client, isJson } = openSession(options);
  const { text, body } = await client.get('/events', {
    after: options.after,
    type: options.type,
    payment_id: options.payment,
    limit: options.limit === undefined ? undefined : String(options.limit),
  });
  if (isJson) {
    printLine(text);
    return;
  }
  const { items, hasMore, nextCursor } = pageFrom(body, eventFrom);
  for (const event of items) printLine(eventLine(event));
  if (items.length === 0) note('No events here.');
  if (hasMore && nextCursor !== null) note(`There are more: --after ${nextCursor}`);
}

async function follow(options: EventsOptions): Promise<void> {
  const { client, isJson } = openSession(options);
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await followEvents(client, {
    query: { type: options.type, payment_id: options.payment },
    after: options.after,
    isNewOnly: options.new === true,
    eventsMax: options.limit ?? Infinity,
    pageItems: EVENT_PAGE_ITEMS_MAX,
    signal: interrupted.signal,
    onEvent: (event) => printLine(isJson ? JSON.stringify(event.raw) : eventLine(event)),
    onNote: note,
  });
}

/** Fixed columns: when, what, which payment, how much, and why if it failed. The time of day will do for people. */
function eventLine({ type, createdAt, payment }: WireEvent): string {
  const time = styled('dim', printable(isTerminal() ? createdAt.slice(11, 23) : createdAt));
  if (payment === null) return `${time}  ${printable(type)}`;
  return [
    time,
    styled(statusStyle(payment.status), printable(type).padEnd(TYPE_COLUMNS)),
    printable(payment.id),
    amountText(amountMoved(type, payment), payment.currency).padStart(AMOUNT_COLUMNS),
    printable(payment.failureReason ?? ''),
  ]
    .join('  ')
    .trimEnd();
}

/** A refund is about its own amount, everything else about the payment's. */
function amountMoved(type: string, { amount, refunds }: WirePayment): number {
  return type.endsWith('refunded') ? (refunds.at(-1)?.amount ?? amount) : amount;
}
