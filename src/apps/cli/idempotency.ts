/** The option that makes a command safe to repeat, and what is said when it was repeated. */
import type { Command } from 'commander';
import { headerText } from './arguments.ts';
import type { Answer } from './client.ts';
import { note } from './output.ts';

export interface KeyOptions {
  readonly idempotencyKey?: string;
}

export function withKey(command: Command): Command {
  return command.option(
    '--idempotency-key <key>',
    'send it again as often as you like: it is done once',
    headerText,
  );
}

/** Says so when it was not this command that changed something. */
export function noteReplay({ headers }: Answer): void {
  if (headers.get('idempotent-replayed') === 'true') {
    note('This key was used before; this is the first answer again, and nothing was done now.');
  }
}
