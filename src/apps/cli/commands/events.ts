/** `farthing events …`: a page of the event log, the log as it grows, and an event sent to its endpoints again. */
import process from 'node:process';
import type { Command } from 'commander';
import { EVENT_PAGE_ITEMS_MAX } from '../../../adapters/http/limits.ts';
import { identifier, wholeNumber } from '../arguments.ts';
import { eventLine } from '../event-view.ts';
import { followEvents } from '../follow.ts';
import { note, printLine } from '../output.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { resendEvent } from '../webhooks/resend-event.ts';
import { eventFrom, pageFrom } from '../wire.ts';

interface EventsOptions extends GlobalOptions {
  readonly follow?: true;
  readonly new?: true;
  readonly after?: string;
  readonly type?: string;
  readonly payment?: string;
  readonly limit?: number;
}

interface ResendOptions extends GlobalOptions {
  readonly endpoint?: string;
}

/** Who wants more does not want a limit. */
const EVENTS_MAX = 1_000_000_000;

export function defineEvents(command: Command): void {
  command
    .description('The event log, oldest first.')
    .usage('[list] [options]\n       farthing events resend <id> [options]')
    .helpCommand(false);
  const listing = command.command('list', { isDefault: true });
  defineList(listing);
  defineResend(command.command('resend'));
  // `events` alone is `events list`: its help says what that takes.
  command.addHelpText('after', () => `\n${optionsText(listing)}\n${LIST_EXAMPLES}`);
}

const LIST_EXAMPLES = `
Examples:
  farthing events --follow --new
  farthing events --payment 01980000-0000-7000-8000-000000000000
  farthing events --follow --type payment.failed --json | jq .data.failure_reason`;

/** The part of a command's help that is about its own options. */
function optionsText(listing: Command): string {
  const [, options = ''] = /^(Options:\n(?: {2}.*\n)+)/m.exec(listing.helpInformation()) ?? [];
  return options.replace('Options:', 'Options of list:').trimEnd();
}

function defineList(command: Command): void {
  command
    .description('List them, or follow them.')
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
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<EventsOptions>();
      if (options.new === true && (options.follow !== true || options.after !== undefined)) {
        self.error("error: option '--new' goes with --follow, and not with --after");
      }
      await (options.follow === true ? follow(options) : list(options));
    });
}

function defineResend(command: Command): void {
  command
    .description('Send an event to its webhook endpoints again, at once.')
    .argument('<id>', "the event's id", identifier)
    .option('--endpoint <id>', 'to this one only', identifier)
    .addHelpText(
      'after',
      `
Examples:
  farthing events resend evt_1f2e3d4c_42
  farthing events resend evt_1f2e3d4c_42 --endpoint we_0198 --json`,
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ResendOptions>();
      await resendEvent(openSession(options), id, options.endpoint);
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
