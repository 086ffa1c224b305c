/** `farthing authorize`: a card payment, decided at once (API B), and why it was decided so. */
import type { Command } from 'commander';
import { exactNumber } from '../../../adapters/http/exact-number.ts';
import { amount as checkedAmount } from '../arguments.ts';
import { printAuthorization } from '../authorization-view.ts';
import { cardNumber } from '../card-argument.ts';
import { type KeyOptions, noteReplay, withKey } from '../idempotency.ts';
import { printLine } from '../output.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { authorizationFrom } from '../wire.ts';

interface AuthorizeOptions extends GlobalOptions, KeyOptions {
  readonly merchant: string;
  readonly channel?: string;
  readonly device?: string;
  readonly ip?: string;
  readonly simulate?: string;
}

/** Card, amount, currency. */
const ARGUMENTS_MAX = 3;

export function defineAuthorize(command: Command): void {
  withKey(command)
    .description('Authorize a card payment, at once.')
    .argument('<card>', 'a number, a test card such as insufficient_funds, or - for standard input')
    .argument('<amount>', 'major units; sent exactly as typed', checkedAmount)
    .argument('[currency]', 'ISO 4217 (GBP)')
    // What the shell took apart may be a card number: it is counted here and not repeated.
    .allowExcessArguments(true)
    .requiredOption('--merchant <name>', 'who is paid')
    .option('--channel <name>', 'how it came in (ecommerce)')
    .option('--device <id>', 'the device it was made on')
    .option('--ip <address>', 'the address it came from')
    .option('--simulate <outcome>', 'APPROVE, or the failure reason to end with')
    .addHelpText(
      'after',
      `
A number on a command line stays in the shell's history, and others on the machine
can see it while the command runs: give - and type or pipe it instead.

Examples:
  farthing authorize insufficient_funds 12.50 --merchant 'Coffee Shop'
  farthing authorize - 150.75 EUR --merchant Books --device d-1 < card.txt`,
    )
    .action(
      async (
        card: string,
        amount: string,
        currency: string | undefined,
        _options: unknown,
        self: Command,
      ) => {
        await authorize(self, { card, amount, currency });
      },
    );
}

interface Asked {
  readonly card: string;
  readonly amount: string;
  readonly currency: string | undefined;
}

async function authorize(self: Command, { card, amount, currency }: Asked): Promise<void> {
  if (self.args.length > ARGUMENTS_MAX) {
    self.error('error: too many arguments: a number with spaces in it must stand in quotes');
  }
  const options = self.optsWithGlobals<AuthorizeOptions>();
  const { client, isJson } = openSession(options);
  const { merchant, channel, device, ip, simulate, idempotencyKey } = options;
  const body = JSON.stringify({
    card_number: await cardNumber(card),
    amount: exactNumber(amount),
    currency,
    merchant,
    channel,
    device_id: device,
    ip,
    simulate: simulate === undefined ? undefined : { outcome: simulate },
  });
  const answer = await client.post('/payment', body, { idempotencyKey, waitSeconds: undefined });
  if (isJson) printLine(answer.text);
  else printAuthorization(authorizationFrom(answer.body));
  noteReplay(answer);
}
