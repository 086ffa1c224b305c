/** The checks of `farthing doctor` that look at the database file and what stands in it. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type AnchoredEntry, readAnchors } from '../../adapters/audit/anchor-lines.ts';
import { checkChainTail, hashAt } from '../../adapters/storage/sqlite/chain-tail.ts';
import { isInUse } from '../../adapters/storage/sqlite/lock.ts';
import { recount } from '../../adapters/storage/sqlite/recount.ts';
import type { Config } from '../config.ts';
import { hasFile as isNamedFile, isPostgres, shownDatabase } from '../database-kind.ts';
import { type Answering, failed, type Finding, ok, skipped } from './checks.ts';
import { remarksOf, withDatabase } from './database-file.ts';
import { count } from './wording.ts';

/** Entries at the end of the log that are hashed again: a few milliseconds' work. */
const TAIL_ENTRIES = 1_000;

const NO_FILE = 'there is no database file yet';

export function checkDatabase({ databasePath: path }: Config, answering: Answering): Finding {
  if (path === ':memory:') return ok('in memory; it ends with the server');
  if (isPostgres({ databasePath: path })) return skipped(shownDatabase({ databasePath: path }));
  const advice = 'give DATABASE_URL a path in a folder that exists and is writable';
  if (!existsSync(path)) {
    const folder = dirname(resolve(path));
    if (!existsSync(folder)) return failed(`the folder ${folder} does not exist`, advice);
    return isWritable(folder)
      ? ok(`${path} will be made`)
      : failed(`the folder ${folder} is not writable`, advice);
  }
  if (!statSync(path).isFile()) return failed(`${path} is not a file`, advice);
  if (!isWritable(path)) return failed(`${path} is not writable`, advice);
  if (!isInUse(path)) return ok(`${path}, in use by nobody`);
  return answering === 'farthing'
    ? ok(`${path}, in use by the server`)
    : failed(
        `${path} is in use by another process`,
        'stop it, or say where its server is with --url, or take another DATABASE_URL',
      );
}

export function checkLedger({ databasePath: path }: Config): Finding {
  if (!hasFile(path)) return skipped(NO_FILE);
  const checks = withDatabase(path, recount);
  const wrong = checks.filter(({ differences }) => differences > 0);
  if (wrong.length === 0) return ok(`${count(checks.length, 'recount')} without a difference`);
  return failed(
    wrong.map(({ claim }) => `not true: ${claim}`).join('; '),
    ...wrong.flatMap(remarksOf),
    'keep a copy of the file, and report it: this must not happen',
  );
}

export function checkChain({ databasePath: path }: Config): Finding {
  if (!hasFile(path)) return skipped(NO_FILE);
  return withDatabase(path, (database) => {
    const tail = checkChainTail(database, TAIL_ENTRIES);
    const fault = tail.fault ?? faultOfAnchor(database, tail, lastAnchor(`${path}.anchors`));
    if (fault !== null) {
      return failed(fault, 'the log was changed outside Farthing; restore the file from a backup');
    }
    const entries = count(tail.checked, 'entry', 'entries');
    return ok(
      tail.sequence === 0
        ? 'empty'
        : `the last ${entries} of ${tail.sequence} are as they were written`,
    );
  });
}

/** An anchor knows how far the log once went: a tail that was cut off leaves no other trace. */
function faultOfAnchor(
  database: DatabaseSync,
  { writer, sequence }: { readonly writer: string; readonly sequence: number },
  anchor: AnchoredEntry | null,
): string | null {
  if (anchor === null || anchor.writer !== writer) return null;
  if (anchor.sequence > sequence) {
    return `the log ends at entry ${sequence}, but once went on to ${anchor.sequence}`;
  }
  return hashAt(database, anchor.sequence) === anchor.hash
    ? null
    : `entry ${anchor.sequence} is not the one that was anchored`;
}

/** The last anchor of the file; null when there is none. */
function lastAnchor(path: string): AnchoredEntry | null {
  let last: AnchoredEntry | null = null;
  for (const anchor of readAnchors(path)) last = anchor;
  return last;
}

function hasFile(path: string): boolean {
  return isNamedFile({ databasePath: path }) && existsSync(path);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
