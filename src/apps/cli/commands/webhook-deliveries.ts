/** `farthing webhooks deliveries`, `delivery`, `resend`, `replay`: what was sent, and sending it again. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { PAGE_ITEMS_MAX } from '../../../adapters/http/limits.ts';
import { eventPatterns, identifier, wholeNumber } from '../arguments.ts';
import { CliError, EXIT } from '../exit.ts';
import { note, printLine } from '../output.ts';
import { type GlobalOptions, openSession, type Session } from '../session.ts';
import { isDelivered, resend } from '../webhooks/resending.ts';
import { printDeliveries, printDelivery } from '../webhooks/views.ts';
import { deliveryFrom, deliveryInFullFrom } from '../webhooks/wire.ts';
import { number, pageFrom, record, textOrNull } from '../wire.ts';
import { count } from '../wording.ts';

interface ListOptions extends GlobalOptions {
  readonly endpoint?: string;
  readonly status?: string;
  readonly event?: string;
  readonly payment?: string;
  readonly type?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
}

interface ReplayOptions extends GlobalOptions {
  readonly from?: string;
  readonly to?: string;
  readonly after?: string;
  readonly all?: true;
  readonly events?: readonly string[];
}

/** One request works through a few pages of the log, and makes up to ten thousand deliveries. */
const REPLAY_MS_MAX = 60_000;

const ENDPOINT_EXAMPLE = 'we_019f4c3b8a7e7d0e9c21f0a9b35d6e11';

export function defineDeliveries(webhooks: Command): void {
  defineList(webhooks.command('deliveries'));
  defineGet(webhooks.command('delivery'));
  defineResend(webhooks.command('resend'));
  defineReplay(webhooks.command('replay'));
}

function defineList(command: Command): void {
  command
    .description('List deliveries, newest first.')
    .option('--endpoint <id>', 'to this one only', identifier)
    .option('--status <status>', 'pending, delivered, failing, dead; several joined by commas')
    .option('--event <id>', 'of this event only', identifier)
    .option('--payment <id>', 'of this payment only', identifier)
    .option('--type <patterns>', 'of these types only: payment.*', eventPatterns)
    .option('--limit <number>', 'deliveries a page (20)', wholeNumber(1, PAGE_ITEMS_MAX))
    .option('--cursor <cursor>', 'where an earlier page ended')
    .addHelpText(
      'after',
      `
Examples:
  farthing webhooks deliveries --status failing,dead
  farthing webhooks deliveries --payment 01980000-0000-7000-8000-000000000000 --json`,
    )
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ListOptions>();
      const { client, isJson } = openSession(options);
      const { text, body } = await client.get('/webhook-deliveries', {
        endpoint_id: options.endpoint,
        status: options.status,
        event_id: options.event,
        payment_id: options.payment,
        event_type: options.type?.join(','),
        limit: options.limit === undefined ? undefined : String(options.limit),
        cursor: options.cursor,
      });
      if (isJson) {
        printLine(text);
        return;
      }
      const { items, nextCursor } = pageFrom(body, deliveryFrom);
      if (items.length > 0) printDeliveries(items, Date.now());
      else note('No deliveries here.');
      if (nextCursor !== null) note(`There are more: --cursor ${nextCursor}`);
    });
}

function defineGet(command: Command): void {
  withId(command)
    .description('Show one delivery with every attempt.')
    .addHelpText('after', '\nExample:\n  farthing webhooks delivery del_42')
    .action(async (id: string, _options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      const { text, body } = await client.get(`/webhook-deliveries/${id}`);
      if (isJson) printLine(text);
      else printDelivery(deliveryInFullFrom(body));
    });
}

function defineResend(command: Command): void {
  withId(command)
    .description('Send a delivery again, at once; 1 unless the receiver takes it.')
    .addHelpText('after', '\nExample:\n  farthing webhooks resend del_42')
    .action(async (id: string, _options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      const resent = await resend(client, id);
      if (isJson) printLine(resent.answer.text);
      else printDelivery(resent.delivery);
      if (!isDelivered(resent)) {
        const why = resent.wasTried
          ? 'did not arrive'
          : 'was not tried yet: is the endpoint paused?';
        throw new CliError(EXIT.failed, `the delivery ${why}`);
      }
    });
}

function defineReplay(command: Command): void {
  command
    .description('Send a stretch of the log again, also of before the endpoint was there.')
    .argument('<id>', 'of the endpoint', identifier)
    .option(
      '--from <time>',
      'events from then on: 2026-02-26T10:00:00Z, or 2h for two hours ago',
      moment,
    )
    .option('--to <time>', 'events before then', moment)
    .option('--after <cursor>', 'events behind this one')
    .option('--all', 'from the beginning of the log')
    .option('--events <patterns>', 'only these: payment.*', eventPatterns)
    .addHelpText(
      'after',
      `
Examples:
  farthing webhooks replay ${ENDPOINT_EXAMPLE} --from 2h
  farthing webhooks replay ${ENDPOINT_EXAMPLE} --all --events payment.succeeded`,
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ReplayOptions>();
      if ([options.from, options.after, options.all].every((value) => value === undefined)) {
        self.error("error: say from where: '--from', '--after', or '--all'");
      }
      await replay(openSession(options), id, options);
    });
}

/** One request after the other, each from where the last one came to. */
async function replay(
  { client, isJson }: Session,
  id: string,
  { from, to, after: first, events }: ReplayOptions,
): Promise<void> {
  let replayed = 0;
  let after: string | undefined = first;
  do {
    const body = JSON.stringify({ endpoint_id: id, from, to, after, event_types: events });
    const answer = await client.post('/webhook-deliveries/replay', body, {
      idempotencyKey: undefined,
      waitSeconds: undefined,
      timeoutMs: REPLAY_MS_MAX,
    });
    if (isJson) printLine(answer.text);
    const fields = record(answer.body);
    replayed += number(fields, 'replayed');
    after = textOrNull(fields, 'next_cursor') ?? undefined;
  } while (after !== undefined);
  if (!isJson) printLine(`${count(replayed, 'delivery is', 'deliveries are')} due now.`);
}

function withId(command: Command): Command {
  return command.argument('<id>', 'of the delivery', identifier);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** An ISO time, from one or from how long ago it was. */
function moment(text: string): string {
  const [, number_ = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const agoMs = Number(number_) * (UNIT_MS[unit] ?? Number.NaN);
  const atMs = Number.isNaN(agoMs) ? Date.parse(text) : Date.now() - agoMs;
  if (Number.isNaN(atMs)) {
    throw new InvalidArgumentError(
      'It must be like 2026-02-26T10:00:00Z, or 90s, 10m, 2h, 1d ago.',
    );
  }
  return new Date(atMs).toISOString();
}
