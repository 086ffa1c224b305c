/** `farthing worker`: what needs no request, until a signal ends it. */
import type { Command } from 'commander';
import { work, workerRefusal } from '../../worker.ts';
import { loadConfig } from '../environment.ts';
import { CliError, EXIT } from '../exit.ts';

export function defineWorker(command: Command): void {
  command
    .description(
      'Run due timers, webhook deliveries and background jobs of a Postgres database, until Ctrl-C or SIGTERM.',
    )
    .addHelpText(
      'after',
      `
Any number of workers may run beside any number of servers. While one lives, the servers leave this work to it; when none
does, they do it themselves. It answers /livez, /readyz and /metrics on WORKER_PORT.

Examples:
  DATABASE_URL=postgres://… farthing worker
  DATABASE_URL=postgres://… REDIS_URL=redis://127.0.0.1:6379 WORKER_PORT=0 farthing worker`,
    )
    .action(async () => {
      const config = loadConfig();
      const refusal = workerRefusal(config);
      if (refusal !== null) throw new CliError(EXIT.usage, refusal);
      await work(config);
    });
}
