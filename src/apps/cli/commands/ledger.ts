/** `farthing ledger check`: the recount, beside a running server or without one. */
import type { Command } from 'commander';
import { shownDatabase } from '../../database-kind.ts';
import { recountOf, remarksOf } from '../database-file.ts';
import { loadConfig } from '../environment.ts';
import { CliError, EXIT } from '../exit.ts';
import { printCheck, printLine } from '../output.ts';
import type { GlobalOptions } from '../session.ts';
import { count } from '../wording.ts';

export function defineLedger(command: Command): void {
  command.description('The double-entry ledger.').helpCommand(false);
  command
    .command('check')
    .summary('Recount every total from what it was made of.')
    .description(
      'Recount every total from what it was made of, in the database that DATABASE_URL names. ' +
        'It reads only, and servers may be running on it.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  farthing ledger check\n  DATABASE_URL=sqlite:./copy.db farthing ledger check --json',
    )
    .action((_options: unknown, self: Command) =>
      check(self.optsWithGlobals<GlobalOptions>().json === true),
    );
}

async function check(isJson: boolean): Promise<void> {
  const config = loadConfig();
  const checks = await recountOf(config.databasePath);
  const failed = checks.filter(({ differences }) => differences > 0).length;
  if (isJson) {
    const shown = checks.map(({ name, claim, figure, differences, examples }) => ({
      name,
      ok: differences === 0,
      claim,
      figure,
      differences,
      examples,
    }));
    printLine(JSON.stringify({ ok: failed === 0, database: shownDatabase(config), checks: shown }));
  } else {
    const width = Math.max(...checks.map(({ claim }) => claim.length));
    for (const one of checks) {
      const status = one.differences === 0 ? 'ok' : 'failed';
      printCheck({ name: one.claim, status, detail: one.figure, remarks: remarksOf(one) }, width);
    }
  }
  if (failed > 0) {
    throw new CliError(
      EXIT.failed,
      `${count(failed, 'check')} of ${checks.length} found a difference`,
    );
  }
}
