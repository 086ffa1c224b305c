/** `farthing audit verify`: the whole event log, hashed again, beside a running server or without one. */
import type { Command } from 'commander';
import { readAnchors } from '../../../adapters/audit/anchor-lines.ts';
import type { LogVerification } from '../../../adapters/storage/log-verification.ts';
import { anchorsPathOf } from '../../database-kind.ts';
import { lookInto } from '../database-file.ts';
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
      'Hash every entry of the event log again, in the database that DATABASE_URL names, and compare the log ' +
        'with its anchors and with the payments. It names the first bad entry. It reads only, and servers may be ' +
        'running on it.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  farthing audit verify\n  DATABASE_URL=sqlite:./copy.db farthing audit verify --json',
    )
    .action((_options: unknown, self: Command) =>
      verify(self.optsWithGlobals<GlobalOptions>().json === true),
    );
}

interface Outcome extends LogVerification {
  /** Of all chains. */
  readonly entries: number;
  readonly entriesPerSecond: number;
}

async function verify(isJson: boolean): Promise<void> {
  const config = loadConfig();
  const anchorsPath = anchorsPathOf(config);
  const startedAt = performance.now();
  const verification = await verificationOf(config.databasePath, anchorsPath);
  const seconds = (performance.now() - startedAt) / 1000;
  const entries = verification.heads.reduce((sum, { sequence }) => sum + sequence, 0);
  const outcome = { ...verification, entries, entriesPerSecond: Math.round(entries / seconds) };
  if (isJson) printLine(JSON.stringify(wireForm(outcome)));
  else printChecks(outcome);
  noteAnchors(outcome, anchorsPath);
  const [first] = outcome.faults;
  if (first === undefined) return;
  throw new CliError(EXIT.failed, `the log is not as it was written: ${printable(first.message)}`);
}

function verificationOf(path: string, anchorsPath: string | null): Promise<LogVerification> {
  // The anchors first: those that are written while we look belong to entries that we may not see.
  const anchors = anchorsPath === null ? [] : readAnchors(anchorsPath);
  return lookInto(path, {
    async sqlite(database) {
      const { verifyLog } = await import('../../../adapters/storage/sqlite/verify.ts');
      return verifyLog(database, anchors);
    },
    async postgres(snapshot) {
      const { verifyLog } = await import('../../../adapters/storage/postgres/verify.ts');
      return verifyLog(snapshot, anchors);
    },
  });
}

function noteAnchors({ anchorsStrange, anchorsChecked, entries }: Outcome, path: string | null) {
  if (path === null) {
    if (entries > 0)
      note('AUDIT_ANCHORS is not set: that the end of the log was cut off may not show');
    return;
  }
  if (anchorsStrange > 0) {
    note(
      `${path} has ${count(anchorsStrange, 'anchor')} of another log, which no reset ended: was the file exchanged?`,
    );
  }
  if (anchorsChecked === 0 && entries > 0) {
    note(`${path} has no anchor of this log: that its end was cut off would not show`);
  }
}

function wireForm({ head, heads, entries, anchorsChecked, entriesPerSecond, faults }: Outcome) {
  return {
    entries,
    verified_per_second: entriesPerSecond,
    head,
    ...(heads.length > 1 ? { heads } : {}),
    anchors_checked: anchorsChecked,
    fault: faults[0] ?? null,
  };
}

function printChecks({ entries, heads, anchorsChecked, entriesPerSecond, faults }: Outcome): void {
  const all = count(entries, 'entry', 'entries');
  const shown = heads.length > 1 ? `${all} of ${count(heads.length, 'writer')}` : all;
  const checks = [
    {
      part: 'chain',
      name: 'every entry has its hash and follows the one before',
      detail: entries === 0 ? shown : `${shown}, ${entriesPerSecond} a second`,
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
