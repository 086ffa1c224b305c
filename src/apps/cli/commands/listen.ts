/** `farthing listen`: events of a server, signed and sent to whatever is being developed here, as they happen. */
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isSecret } from '../../../adapters/webhooks/secret.ts';
import { signer } from '../../../adapters/webhooks/sign.ts';
import { type Payload, PAYLOADS } from '../../../core/webhooks/endpoint.ts';
import { eventPatterns } from '../arguments.ts';
import { withoutPassword } from '../../shown-settings.ts';
import { ownSetting } from '../environment.ts';
import { CliError, EXIT } from '../exit.ts';
import { forward, type Forwarding } from '../listen/forwarder.ts';
import { hasKeys, listenToKeys } from '../listen/keys.ts';
import { arrivalText, resultJson, resultText } from '../listen/lines.ts';
import { secretFilePath, secretFromFile } from '../listen/secret-file.ts';
import { forwardTarget } from '../listen/target.ts';
import { streamEvents } from '../live.ts';
import { isTerminal, note, printLine } from '../output.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import type { WireEvent } from '../wire.ts';

interface ListenOptions extends GlobalOptions {
  readonly forwardTo?: URL;
  readonly events?: readonly string[];
  readonly payload: Payload;
  readonly secret?: string;
  readonly printSecret?: true;
  readonly skipVerify?: true;
}

export function defineListen(command: Command): void {
  command
    .description('Forward events as they happen to a receiver on this machine, as signed webhooks.')
    .option('--forward-to <url>', 'the receiver: 3000/webhooks, or a whole address', forwardTarget)
    .option('--events <patterns>', 'only these: payment.*, rules.changed', eventPatterns)
    .addOption(
      new Option('--payload <form>', 'envelope: {type, timestamp, data}; payment: the data alone')
        .choices([...PAYLOADS])
        .default('envelope'),
    )
    .option('--secret <secret>', 'sign with it; else WEBHOOK_SECRET, else your own', secretText)
    .option('--print-secret', 'print the secret and end')
    .option('--skip-verify', 'take any certificate of an https receiver')
    .addHelpText(
      'after',
      `
Your own secret is made once and kept in ~/.config/farthing. In a terminal, r sends
the last event again and q ends it.

Examples:
  farthing listen --forward-to localhost:3000/webhooks
  farthing listen --forward-to 8080/hook --events payment.succeeded,payment.failed --json
  export WEBHOOK_SECRET=$(farthing listen --print-secret)`,
    )
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ListenOptions>();
      if (options.printSecret === true) printSecret(secretOf(options), options.json === true);
      else if (options.forwardTo === undefined) {
        self.error("error: required option '--forward-to <url>' not specified");
      } else await listen(options, options.forwardTo);
    });
}

function printSecret(secret: string, isJson: boolean): void {
  printLine(isJson ? JSON.stringify({ secret }) : secret);
}

function secretOf({ secret }: ListenOptions): string {
  if (secret !== undefined) return secret;
  const named = ownSetting('WEBHOOK_SECRET');
  if (named === undefined) return secretFromFile(secretFilePath());
  if (isSecret(named)) return named;
  throw new CliError(EXIT.usage, `WEBHOOK_SECRET ${SECRET_FORM}`);
}

const SECRET_FORM = 'must be whsec_ and the base64 of 24 to 64 bytes';

function secretText(text: string): string {
  if (isSecret(text)) return text;
  throw new InvalidArgumentError(`It ${SECRET_FORM}.`);
}

async function listen(options: ListenOptions, target: URL): Promise<void> {
  const session = openSession(options);
  const { payload, events = ['*'] } = options;
  const secret = secretOf(options);
  const stopped = new AbortController();
  const sign = signer(() => Math.floor(Date.now() / 1000));
  const isUnverified = options.skipVerify === true;
  const show = showing(session.isJson);
  const send = sending({ target, payload, secret, sign, isUnverified }, show, stopped.signal);
  const release = stoppedBy(stopped, send.again);
  try {
    await streamEvents(session.target, {
      types: events,
      signal: stopped.signal,
      onBegin: () => {
        note(`Signing with ${secret}`);
        const keys = hasKeys() ? ' (r sends the last again, q ends it)' : '';
        note(`Forwarding ${session.client.url} to ${withoutPassword(target.href)}${keys}`);
      },
      onEvent: send.first,
      onNote: note,
    });
  } finally {
    release();
  }
}

/** Ctrl-C, a signal, or a key ends it; gives a function that hears none of them any more. */
function stoppedBy(stopped: AbortController, onResend: () => void): () => void {
  const stop = () => stopped.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return hasKeys() ? listenToKeys(process.stdin, { onResend, onQuit: stop }) : () => {};
}

type Show = (event: WireEvent, isAgain: boolean, work: Promise<Result>) => Promise<void>;
type Result = Awaited<ReturnType<typeof forward>>;

/** One at a time, in the order of the log; what is sent again waits for its turn. */
function sending(forwarding: Forwarding, show: Show, stopped: AbortSignal) {
  let turn = Promise.resolve();
  let last: WireEvent | null = null;
  const inTurn = (event: WireEvent, isAgain: boolean): Promise<void> => {
    const next = turn.then(async () => {
      if (stopped.aborted) return;
      last = event;
      await show(event, isAgain, forward(forwarding, event.raw, stopped));
    });
    turn = next.catch(() => {});
    return next;
  };
  return {
    first: (event: WireEvent) => inTurn(event, false),
    again: () => {
      if (last === null) note('No event has come yet.');
      else void inTurn(last, true);
    },
  };
}

/** In a terminal the line begins when the event comes, and ends with what became of it. */
function showing(isJson: boolean): Show {
  return async (event, isAgain, work) => {
    const isGrowing = isTerminal() && !isJson;
    const arrival = arrivalText(event, isTerminal());
    if (isGrowing) process.stdout.write(`${arrival}  `);
    const result = await work;
    if (isJson) printLine(resultJson(event, result, isAgain));
    else printLine(`${isGrowing ? '' : `${arrival}  `}${resultText(result, isAgain)}`);
  };
}
