/** `farthing start`: the server, until a signal ends it. */
import type { Command } from 'commander';
import { serve } from '../../server.ts';
import { loadConfig } from '../environment.ts';

export function defineStart(command: Command): void {
  command
    .description('Run the server, until Ctrl-C or SIGTERM.')
    .addHelpText(
      'after',
      `
All settings come from the environment and from .env; "farthing config" shows them.

Examples:
  farthing start
  PORT=8001 DATABASE_URL=sqlite::memory: farthing start`,
    )
    .action(() => serve(loadConfig()));
}
