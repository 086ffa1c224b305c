/** `farthing reset`: everything begins anew, after a person or a script has said so twice. */
import type { Command } from 'commander';
import { CliError, EXIT } from '../exit.ts';
import { printLine } from '../output.ts';
import { ask, canAsk } from '../question.ts';
import { type GlobalOptions, openSession, type Session } from '../session.ts';
import { totalFrom } from '../wire.ts';

interface ResetOptions extends GlobalOptions {
  readonly yes?: true;
}

/** To take millions of payments out takes the server some seconds. */
const RESET_MS_MAX = 120_000;

/** What has to be typed: longer than a slip of the finger. */
const WORD = 'reset';

export function defineReset(command: Command): void {
  command
    .description(
      'Remove all payments with their events, ledger entries and statistics, and begin anew. ' +
        'Rules and settings stay.',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExamples:\n  farthing reset\n  farthing reset --yes --json')
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ResetOptions>();
      await reset(openSession(options), options.yes === true);
    });
}

async function reset({ client, isJson }: Session, isSure: boolean): Promise<void> {
  if (!isSure && !canAsk()) {
    throw new CliError(
      EXIT.usage,
      'reset removes all payments, and there is no terminal to ask on\nIf that is what you want: farthing reset --yes',
    );
  }
  const { body } = await client.get('/summary');
  const total = totalFrom(body);
  const payments = total === 1 ? 'the only payment' : `all ${total} payments`;
  if (!isSure) {
    const answer = await ask(`Remove ${payments} at ${client.url}? Type ${WORD}: `, {
      isHidden: false,
    });
    if (answer !== WORD) throw new CliError(EXIT.failed, 'nothing was removed');
  }
  const { text } = await client.delete('/admin/reset', RESET_MS_MAX);
  printLine(isJson ? text : `Removed ${payments}. The log begins anew.`);
}
