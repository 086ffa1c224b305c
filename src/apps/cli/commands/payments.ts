/** `farthing payments …`: make, read, list, refund, retry. */
import type { Command } from 'commander';
import { exactNumber } from '../../../adapters/http/exact-number.ts';
import { PAGE_ITEMS_MAX } from '../../../adapters/http/limits.ts';
import { WAIT_MS_MAX } from '../../../core/limits.ts';
import { amount, identifier, type KeyValue, keyValue, wholeNumber } from '../arguments.ts';
import type { Answer } from '../client.ts';
import { type KeyOptions, noteReplay, withKey } from '../idempotency.ts';
import { note, printLine } from '../output.ts';
import { printPayment, printPayments } from '../payment-view.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { pageFrom, paymentFrom } from '../wire.ts';

const WAIT_SECONDS_MAX = WAIT_MS_MAX / 1000;

/** An hour, as the API has it. */
const DELAY_MS_MAX = 3_600_000;

interface WaitOptions {
  /** True when no number was given. */
  readonly wait?: number | true;
}

interface CreateOptions extends GlobalOptions, WaitOptions, KeyOptions {
  readonly amount: string;
  readonly currency: string;
  readonly recipient: string;
  readonly description?: string;
  readonly reference?: string;
  readonly metadata?: readonly KeyValue[];
  readonly outcome?: string;
  readonly delay?: number;
}

interface ListOptions extends GlobalOptions {
  readonly status?: string;
  readonly currency?: string;
  readonly failureReason?: string;
  readonly reference?: string;
  readonly search?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

interface RefundOptions extends GlobalOptions, KeyOptions {
  readonly amount?: string;
  readonly reason?: string;
}

export function definePayments(command: Command): void {
  command.description('Create payments, look at them, refund and retry them.').helpCommand(false);
  defineCreate(command.command('create'));
  defineGet(command.command('get'));
  defineList(command.command('list'));
  defineRefund(command.command('refund'));
  defineRetry(command.command('retry'));
}

function defineCreate(command: Command): void {
  withWait(withKey(command))
    .description('Create a payment.')
    .requiredOption('--amount <decimal>', 'major units; sent exactly as typed', amount)
    .requiredOption('--currency <code>', 'ISO 4217, such as USD')
    .requiredOption('--recipient <name>', 'who is paid')
    .option('--description <text>')
    .option('--reference <text>', 'your own name for it; lists can be filtered by it')
    .option('--metadata <key=value>', 'a fact of your own; may be given several times', keyValue)
    .option('--outcome <outcome>', 'APPROVE, or the failure reason to end with')
    .option('--delay <ms>', 'milliseconds until the outcome', wholeNumber(0, DELAY_MS_MAX))
    .addHelpText(
      'after',
      `
Examples:
  farthing payments create --amount 250.00 --currency USD --recipient alice@example.com
  farthing payments create --amount 9.99 --currency EUR --recipient bob --wait \\
    --outcome INSUFFICIENT_FUNDS --metadata order=42 --idempotency-key order-42`,
    )
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<CreateOptions>();
      const { client, isJson } = openSession(options);
      showChanged(
        await client.post('/payments', createBody(options), postOptions(options)),
        isJson,
      );
    });
}

function defineGet(command: Command): void {
  command
    .description('Show one payment.')
    .argument('<id>', 'payment_id', identifier)
    .addHelpText(
      'after',
      '\nExample:\n  farthing payments get 01980000-0000-7000-8000-000000000000',
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      showPayment(await client.get(`/payments/${id}`), isJson);
    });
}

function defineList(command: Command): void {
  command
    .description('List payments, newest first.')
    .option('--status <status>', 'one, or several joined by commas')
    .option('--currency <code>')
    .option('--failure-reason <reason>')
    .option('--reference <text>')
    .option('--search <text>', 'an id, or the beginning of a recipient')
    .option('--limit <number>', 'payments a page (20)', wholeNumber(1, PAGE_ITEMS_MAX))
    .option('--cursor <cursor>', 'where an earlier page ended')
    .addHelpText(
      'after',
      `
Examples:
  farthing payments list --status FAILED,REFUNDED --limit 50
  farthing payments list --search alice@ --json | jq .data`,
    )
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ListOptions>();
      const { client, isJson } = openSession(options);
      const answer = await client.get('/payments', {
        status: options.status,
        currency: options.currency,
        failure_reason: options.failureReason,
        reference: options.reference,
        q: options.search,
        limit: options.limit === undefined ? undefined : String(options.limit),
        cursor: options.cursor,
      });
      showPayments(answer, isJson);
    });
}

function defineRefund(command: Command): void {
  withKey(command)
    .description('Refund a payment: all that is left of it, or a part.')
    .argument('<id>', 'payment_id', identifier)
    .option('--amount <decimal>', 'major units; sent exactly as typed', amount)
    .option('--reason <text>')
    .addHelpText(
      'after',
      '\nExample:\n  farthing payments refund 01980000-0000-7000-8000-000000000000 --amount 5.00',
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<RefundOptions>();
      const { client, isJson } = openSession(options);
      const body = JSON.stringify({ ...exactAmount(options.amount), reason: options.reason });
      showChanged(await client.post(`/payments/${id}/refund`, body, postOptions(options)), isJson);
    });
}

function defineRetry(command: Command): void {
  withWait(withKey(command))
    .description('Try a failed payment again.')
    .argument('<id>', 'payment_id', identifier)
    .addHelpText(
      'after',
      '\nExample:\n  farthing payments retry 01980000-0000-7000-8000-000000000000 --wait',
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & WaitOptions & KeyOptions>();
      const { client, isJson } = openSession(options);
      showChanged(await client.post(`/payments/${id}/retry`, '{}', postOptions(options)), isJson);
    });
}

function withWait(command: Command): Command {
  return command.option(
    '--wait [seconds]',
    `wait for the outcome (${WAIT_SECONDS_MAX} seconds at the most)`,
    wholeNumber(1, WAIT_SECONDS_MAX),
  );
}

function createBody(options: CreateOptions): string {
  const { currency, recipient, description, reference, metadata, outcome, delay } = options;
  const isSimulated = outcome !== undefined || delay !== undefined;
  return JSON.stringify({
    ...exactAmount(options.amount),
    currency,
    recipient,
    description,
    reference,
    metadata: metadata === undefined ? undefined : Object.fromEntries(metadata),
    simulate: isSimulated ? { outcome, delay_ms: delay } : undefined,
  });
}

/** The digits that were typed, as a JSON number. */
function exactAmount(text: string | undefined): { amount?: object } {
  return text === undefined ? {} : { amount: exactNumber(text) };
}

function postOptions({ wait, idempotencyKey }: WaitOptions & KeyOptions) {
  return { idempotencyKey, waitSeconds: wait === true ? WAIT_SECONDS_MAX : wait };
}

function showPayment({ text, body }: Answer, isJson: boolean): void {
  if (isJson) printLine(text);
  else printPayment(paymentFrom(body));
}

/** A payment after a command, and whether this command is what changed it. */
function showChanged(answer: Answer, isJson: boolean): void {
  showPayment(answer, isJson);
  noteReplay(answer);
}

function showPayments({ text, body }: Answer, isJson: boolean): void {
  if (isJson) {
    printLine(text);
    return;
  }
  const { items, nextCursor } = pageFrom(body, paymentFrom);
  if (items.length > 0) printPayments(items, Date.now());
  else note('No payments here.');
  if (nextCursor !== null) note(`There are more: --cursor ${nextCursor}`);
}
