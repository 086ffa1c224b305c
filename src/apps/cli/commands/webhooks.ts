/** `farthing webhooks …`: where events are sent, and what became of them. */
import { type Command, Option } from 'commander';
import { DELAY_MS_MAX } from '../../../adapters/http/limits.ts';
import { ORDERINGS, PAYLOADS } from '../../../core/webhooks/endpoint.ts';
import { eventPatterns, identifier, wholeNumber } from '../arguments.ts';
import type { Answer } from '../client.ts';
import { CliError, EXIT } from '../exit.ts';
import { note, printLine } from '../output.ts';
import { type GlobalOptions, openSession, type Session } from '../session.ts';
import { secretNotes } from '../webhooks/environment-secret.ts';
import { type FaultChange, faultChange, faultsBody } from '../webhooks/fault-argument.ts';
import { printDelivery, printEndpoint, printEndpoints } from '../webhooks/views.ts';
import { deliveryInFullFrom, endpointFrom, secretFrom } from '../webhooks/wire.ts';
import { pageFrom } from '../wire.ts';
import { defineDeliveries } from './webhook-deliveries.ts';

interface EndpointOptions extends GlobalOptions {
  readonly to?: string;
  readonly events?: readonly string[];
  readonly description?: string;
  readonly payload?: string;
  readonly ordering?: string;
}

interface FaultOptions extends GlobalOptions {
  readonly delayMs?: number;
  readonly clear?: true;
}

interface TestOptions extends GlobalOptions {
  readonly type?: string;
}

/** The server waits for the first attempt: that long, and a little more. */
const TEST_MS_MAX = 30_000;

const ID_EXAMPLE = 'we_019f4c3b8a7e7d0e9c21f0a9b35d6e11';

export function defineWebhooks(command: Command): void {
  command.description('Where events are sent to, and what became of them.').helpCommand(false);
  defineAdd(command.command('add'));
  defineList(command.command('list'));
  defineGet(command.command('get'));
  defineUpdate(command.command('update'));
  definePause(command.command('pause'), false);
  definePause(command.command('resume'), true);
  defineDelete(command.command('delete'));
  defineRotate(command.command('rotate'));
  defineTest(command.command('test'));
  defineFaults(command.command('faults'));
  defineDeliveries(command);
}

function defineAdd(command: Command): void {
  withFields(command)
    .description('Have events sent to an address. The secret is shown once.')
    .argument('<url>', 'http or https; or /sinks/<name>, a receiver of the server itself')
    .addHelpText(
      'after',
      `
Examples:
  farthing webhooks add https://shop.example/webhooks --events payment.succeeded,payment.failed
  farthing webhooks add /sinks/demo --json | jq -r .secret`,
    )
    .action(async (url: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<EndpointOptions>();
      const session = openSession(options);
      showSecret(await post(session, '', { url, ...fieldsOf(options) }), session);
    });
}

function defineList(command: Command): void {
  command
    .description('List endpoints, oldest first.')
    .addHelpText(
      'after',
      `
The secret of the endpoint that WEBHOOK_URL names is shown where the server's database
file can be read.

Examples:
  farthing webhooks list
  farthing webhooks list --json | jq -r '.data[].id'`,
    )
    .action(async (_options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      const { text, body } = await client.get('/webhook-endpoints');
      if (isJson) {
        printLine(text);
        return;
      }
      const { items } = pageFrom(body, endpointFrom);
      if (items.length > 0) printEndpoints(items);
      else note('No endpoints here. Add one: farthing webhooks add <url>');
      for (const line of secretNotes(items)) note(line);
    });
}

function defineGet(command: Command): void {
  withId(command)
    .description('Show one endpoint.')
    .addHelpText('after', `\nExample:\n  farthing webhooks get ${ID_EXAMPLE}`)
    .action(async (id: string, _options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      show(await client.get(`/webhook-endpoints/${id}`), isJson);
    });
}

function defineUpdate(command: Command): void {
  withFields(withId(command))
    .description('Change an endpoint. What is not given stays.')
    .option('--to <url>', 'another address')
    .addHelpText(
      'after',
      `\nExample:\n  farthing webhooks update ${ID_EXAMPLE} --events 'payment.*' --ordering strict`,
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<EndpointOptions>();
      await patch(options, id, { url: options.to, ...fieldsOf(options) });
    });
}

function definePause(command: Command, isEnabled: boolean): void {
  withId(command)
    .description(
      isEnabled
        ? 'Send again, what waited included.'
        : 'Send nothing for now: deliveries are made and wait.',
    )
    .addHelpText('after', `\nExample:\n  farthing webhooks ${command.name()} ${ID_EXAMPLE}`)
    .action(async (id: string, _options: unknown, self: Command) => {
      await patch(self.optsWithGlobals<GlobalOptions>(), id, { enabled: isEnabled });
    });
}

function defineDelete(command: Command): void {
  withId(command)
    .description('Take an endpoint away, with its deliveries.')
    .addHelpText('after', `\nExample:\n  farthing webhooks delete ${ID_EXAMPLE}`)
    .action(async (id: string, _options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      await client.delete(`/webhook-endpoints/${id}`, DELETE_MS_MAX);
      printLine(isJson ? JSON.stringify({ id, deleted: true }) : `Deleted ${id}.`);
    });
}

const DELETE_MS_MAX = 15_000;

function defineRotate(command: Command): void {
  withId(command)
    .description('Make another secret. For a day both sign.')
    .addHelpText(
      'after',
      `\nExample:\n  farthing webhooks rotate ${ID_EXAMPLE} --json | jq -r .secret`,
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const session = openSession(self.optsWithGlobals<GlobalOptions>());
      showSecret(await post(session, `/${id}/rotate-secret`, null), session);
    });
}

function defineTest(command: Command): void {
  withId(command)
    .description('Send an example, and show what the receiver answers; 1 unless it takes it.')
    .option('--type <type>', 'the event to send an example of (payment.succeeded)')
    .addHelpText(
      'after',
      `\nExample:\n  farthing webhooks test ${ID_EXAMPLE} --type payment.failed`,
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      const { type, ...options } = self.optsWithGlobals<TestOptions>();
      const session = openSession(options);
      const answer = await post(session, `/${id}/test`, { type }, TEST_MS_MAX);
      const delivery = deliveryInFullFrom(answer.body);
      if (session.isJson) printLine(answer.text);
      else printDelivery(delivery);
      if (delivery.status !== 'delivered') {
        const why =
          delivery.attempts.length === 0
            ? 'was not sent: is the endpoint paused?'
            : 'did not arrive';
        throw new CliError(EXIT.failed, `the example ${why}`);
      }
    });
}

function defineFaults(command: Command): void {
  withId(command)
    .description('Break deliveries on purpose: drop, delay, reorder, duplicate, corrupt_signature.')
    .argument(
      '[kind=rule...]',
      'a rate (drop=0.1), the next few (drop=next:3), or off',
      faultChange,
    )
    .option('--delay-ms <ms>', 'for delay and reorder', wholeNumber(0, DELAY_MS_MAX))
    .option('--clear', 'let nothing go wrong any more')
    .addHelpText(
      'after',
      `
Examples:
  farthing webhooks faults ${ID_EXAMPLE} drop=0.1 duplicate=next:3
  farthing webhooks faults ${ID_EXAMPLE} delay=1 --delay-ms 5000
  farthing webhooks faults ${ID_EXAMPLE} --clear`,
    )
    .action(
      async (id: string, changes: readonly FaultChange[] | undefined, _options, self: Command) => {
        const { clear, delayMs, ...options } = self.optsWithGlobals<FaultOptions>();
        const isChange = changes !== undefined && changes.length > 0;
        if (isChange === (clear === true)) {
          self.error('error: give faults such as drop=0.1, or --clear');
        }
        const faults = isChange ? faultsBody(changes, delayMs) : null;
        await patch(options, id, { faults });
      },
    );
}

function withId(command: Command): Command {
  return command.argument('<id>', 'of the endpoint', identifier);
}

function withFields(command: Command): Command {
  return command
    .option('--events <patterns>', 'only these: payment.*, rules.changed (all)', eventPatterns)
    .option('--description <text>')
    .addOption(
      new Option(
        '--payload <form>',
        'envelope: {type, timestamp, data}; payment: the data alone',
      ).choices([...PAYLOADS]),
    )
    .addOption(
      new Option(
        '--ordering <order>',
        "strict: a payment's next event waits for the one before",
      ).choices([...ORDERINGS]),
    );
}

function fieldsOf({ events, description, payload, ordering }: EndpointOptions): object {
  return { events, description, payload, ordering };
}

async function post(
  { client }: Session,
  path: string,
  body: object | null,
  timeoutMs?: number,
): Promise<Answer> {
  return client.post(`/webhook-endpoints${path}`, JSON.stringify(body), {
    idempotencyKey: undefined,
    waitSeconds: undefined,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

async function patch(options: GlobalOptions, id: string, body: object): Promise<void> {
  const { client, isJson } = openSession(options);
  show(await client.send('PATCH', `/webhook-endpoints/${id}`, JSON.stringify(body)), isJson);
}

function show({ text, body }: Answer, isJson: boolean): void {
  if (isJson) printLine(text);
  else printEndpoint(endpointFrom(body), null);
}

/** An endpoint with the secret that no later answer tells. */
function showSecret({ text, body }: Answer, { isJson }: Session): void {
  if (isJson) {
    printLine(text);
    return;
  }
  printEndpoint(endpointFrom(body), secretFrom(body));
  note('The secret is not shown again: keep it now.');
}
