/** `farthing doctor`: looks for whatever would keep a server from working here, and says what to do about it. */
import process from 'node:process';
import type { Command } from 'commander';
import { type Config, effectiveSettings } from '../../config.ts';
import {
  checkConfiguration,
  checkDisk,
  checkNode,
  checkPort,
  checkSqlite,
  failedBy,
  type Finding,
  skipped,
  whoAnswers,
} from '../checks.ts';
import { checkChain, checkDatabase, checkLedger } from '../database-checks.ts';
import { checkSettings, envFile } from '../environment.ts';
import { CliError, EXIT } from '../exit.ts';
import { type CheckLine, printCheck, printLine } from '../output.ts';
import { givenUrl, type GlobalOptions, openSession } from '../session.ts';
import { count } from '../wording.ts';

interface Check {
  readonly name: string;
  readonly make: () => Finding | Promise<Finding>;
}

export function defineDoctor(command: Command): void {
  command
    .description(
      'Check whether a server works here: versions, configuration, database, disk, port, ledger, log. ' +
        'It changes nothing, and a server may be running.',
    )
    .addHelpText('after', '\nExamples:\n  farthing doctor\n  farthing doctor --json | jq .ok')
    .action((_options: unknown, self: Command) => examine(self.optsWithGlobals<GlobalOptions>()));
}

async function examine(options: GlobalOptions): Promise<void> {
  const checks = listChecks(options);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines: CheckLine[] = [];
  for (const { name, make } of checks) {
    const line = { name, ...(await finding(make)) };
    lines.push(line);
    if (options.json !== true) printCheck(line, width);
  }
  const bad = lines.filter(({ status }) => status === 'failed').length;
  if (options.json === true) printLine(JSON.stringify({ ok: bad === 0, checks: lines }));
  if (bad > 0) throw new CliError(EXIT.failed, `${count(bad, 'check')} of ${lines.length} failed`);
}

function listChecks(options: GlobalOptions): readonly Check[] {
  const settings = effectiveSettings(process.env, envFile());
  const { config, faults } = checkSettings(settings);
  const configured = (make: (known: Config) => Finding | Promise<Finding>) => () =>
    config === null ? skipped('the configuration is not valid') : make(config);
  // Where any free port will be taken, there is nobody to ask.
  const isAnywhere = config === null || (config.port === 0 && givenUrl(options) === undefined);
  const session = isAnywhere ? null : openSession(options);
  const answering = session === null ? Promise.resolve('nobody' as const) : whoAnswers(session);
  return [
    { name: 'Node.js', make: checkNode },
    { name: 'SQLite', make: checkSqlite },
    { name: 'Configuration', make: () => checkConfiguration(settings, faults) },
    { name: 'Database', make: configured(async (known) => checkDatabase(known, await answering)) },
    { name: 'Disk', make: configured(checkDisk) },
    {
      name: 'Port',
      make: configured(async (known) => checkPort(known, session, await answering)),
    },
    { name: 'Ledger', make: configured(checkLedger) },
    { name: 'Log', make: configured(checkChain) },
  ];
}

/** A check that breaks has failed. */
async function finding(make: Check['make']): Promise<Finding> {
  try {
    return await make();
  } catch (error) {
    return failedBy(error);
  }
}
