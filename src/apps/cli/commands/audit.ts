/** `farthing audit verify`: the whole event log, hashed again, beside a running server or without one. */
import type { Command } from 'commander';
import { readAnchors } from '../../../adapters/audit/anchor-lines.ts';
import { type LogVerification, verifyLog } from '../../../adapters/storage/sqlite/verify.ts';
import { withDatabase } from '../database-file.ts';
import { loadConfig } from '../environment.ts';
import { CliError, EXIT } from '../exit.ts';
import { note, printable, printCheck, printLine } from '../output.ts';
import type { GlobalOptions } from '../session.ts';
import { count } from '../wording.ts';

export function defineAudit(command: Command): void {
  command.description('The event log as evidence.').helpCommand(false);
  command
    .command('verify')
    .summary('Hash every entry of the event log again, and name the first bad one.')
    .description(
      'Hash every entry of the event log again, in the database file that DATABASE_URL names, and compare the log ' +
        'with its anchors and with the payments. It names the first bad entry. It reads only, and a server may be ' +
        'running on the file.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  farthing audit verify\n  DATABASE_URL=sqlite:./copy.db farthing audit verify --json',
    )
    .action((_options: unknown, self: Command) => {
      verify(self.optsWithGlobals<GlobalOptions>().json === true);
    });
}

interface Outcome extends LogVerification {
  readonly entriesPerSecond: number;
}

function verify(isJson: boolean): void {
  const { databasePath } = loadConfig();
  const anchorsPath = `${databasePath}.anchors`;
  const outcome = withDatabase(databasePath, (database): Outcome => {
    const startedAt = performance.now();
    // The anchors first: those that are written while we look belong to entries that we may not see.
    const verification = verifyLog(database, readAnchors(anchorsPath));
    const seconds = (performance.now() - startedAt) / 1000;
    const entriesPerSecond = Math.round(verification.head.sequence / seconds);
    return { ...verification, entriesPerSecond };
  });
  if (isJson) printLine(JSON.stringify(wireForm(outcome)));
  else printChecks(outcome);
  if (outcome.anchorsStrange > 0) {
    const anchors = count(outcome.anchorsStrange, 'anchor');
    note(
      `${anchorsPath} has ${anchors} of another log, which no reset ended: was the file exchanged?`,
    );
  }
  if (outcome.anchorsChecked === 0 && outcome.head.sequence > 0) {
    note(`${anchorsPath} has no anchor of this log: that its end was cut off would not show`);
  }
  const [first] = outcome.faults;
  if (first === undefined) return;
  throw new CliError(EXIT.failed, `the log is not as it was written: ${printable(first.message)}`);
}

function wireForm({ head, anchorsChecked, entriesPerSecond, faults }: Outcome) {
  return {
    entries: head.sequence,
    verified_per_second: entriesPerSecond,
    head,
    anchors_checked: anchorsChecked,
    fault: faults[0] ?? null,
  };
}

function printChecks({ head, anchorsChecked, entriesPerSecond, faults }: Outcome): void {
  const entries = count(head.sequence, 'entry', 'entries');
  const checks = [
    {
      part: 'chain',
      name: 'every entry has its hash and follows the one before',
      detail: head.sequence === 0 ? entries : `${entries}, ${entriesPerSecond} a second`,
      isSkipped: false,
    },
    {
      part: 'anchors',
      name: 'every anchored entry is there and is the same',
      detail: count(anchorsChecked, 'anchor'),
      isSkipped: anchorsChecked === 0,
    },
    {
      part: 'payments',
      name: 'each payment is at the version of its last entry',
      detail: '',
      isSkipped: faults.length > 0,
    },
  ] as const;
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { part, name, detail, isSkipped } of checks) {
    const fault = faults.find((candidate) => candidate.part === part);
    const passed = isSkipped ? 'skipped' : 'ok';
    const status = fault === undefined ? passed : 'failed';
    const remarks = fault === undefined ? [] : [printable(fault.message)];
    printCheck({ name, status, detail, remarks }, width);
  }
}
