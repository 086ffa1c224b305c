/** The checks of `farthing doctor` that look at the database and what stands in it. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type AnchoredEntry, readAnchors } from '../../adapters/audit/anchor-lines.ts';
import { checkChainTail, hashAt } from '../../adapters/storage/sqlite/chain-tail.ts';
import { isInUse } from '../../adapters/storage/sqlite/lock.ts';
import type { Config } from '../config.ts';
import {
  anchorsPathOf,
  hasFile as isNamedFile,
  isPostgres,
  shownDatabase,
} from '../database-kind.ts';
import { type Answering, failed, type Finding, ok, skipped } from './checks.ts';
import { lookInto, recountOf, remarksOf } from './database-file.ts';
import { lookAtServer, type ServerLook } from './database-server.ts';
import { count } from './wording.ts';

/** Entries at the end of the log that are hashed again: a few milliseconds' work. */
const TAIL_ENTRIES = 1_000;

const NO_FILE = 'there is no database file yet';

export async function checkDatabase(
  { databasePath: path }: Config,
  answering: Answering,
): Promise<Finding> {
  if (path === ':memory:') return ok('in memory; it ends with the server');
  return isPostgres({ databasePath: path })
    ? serverFinding(path, await lookAtServer(path))
    : checkFile(path, answering);
}

function serverFinding(path: string, { schema, processes }: ServerLook): Finding {
  const shown = shownDatabase({ databasePath: path });
  if (schema === 'none') return ok(`${shown}, its tables will be made`);
  if (schema === 'other') {
    return ok(`${shown}, its tables will be brought to this version by the next start`);
  }
  return ok(
    `${shown}, ${processes === 0 ? 'in use by nobody' : `in use by ${count(processes, 'process', 'processes')}`}`,
  );
}

function checkFile(path: string, answering: Answering): Finding {
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

export async function checkLedger({ databasePath: path }: Config): Promise<Finding> {
  const isMissing = await missing(path);
  if (isMissing !== null) return isMissing;
  const checks = await recountOf(path);
  const wrong = checks.filter(({ differences }) => differences > 0);
  if (wrong.length === 0) return ok(`${count(checks.length, 'recount')} without a difference`);
  return failed(
    wrong.map(({ claim }) => `not true: ${claim}`).join('; '),
    ...wrong.flatMap(remarksOf),
    'keep a copy of the database, and report it: this must not happen',
  );
}

/** What is said where there is nothing to look into; null where there is. */
async function missing(path: string): Promise<Finding | null> {
  if (!isPostgres({ databasePath: path })) return hasFile(path) ? null : skipped(NO_FILE);
  const { schema } = await lookAtServer(path);
  return schema === 'this' ? null : skipped('there are no tables of this version yet');
}

export async function checkChain(config: Config): Promise<Finding> {
  const { databasePath: path } = config;
  const isMissing = await missing(path);
  if (isMissing !== null) return isMissing;
  const anchorsPath = anchorsPathOf(config);
  const anchors = anchorsPath === null ? [] : readAnchors(anchorsPath);
  const { fault, checked, sequence } = await lookInto(path, {
    sqlite(database) {
      const tail = checkChainTail(database, TAIL_ENTRIES);
      return { ...tail, fault: tail.fault ?? faultOfAnchor(database, tail, lastOf(anchors, tail)) };
    },
    async postgres(snapshot) {
      const { checkChainTails } = await import('../../adapters/storage/postgres/chain-tail.ts');
      return checkChainTails(snapshot, TAIL_ENTRIES, anchors);
    },
  });
  if (fault !== null) {
    return failed(fault, 'the log was changed outside Farthing; restore a backup');
  }
  if (sequence === 0) return ok('empty');
  const entries = `the last ${count(checked, 'entry', 'entries')} of ${sequence} are as they were written`;
  const note = 'AUDIT_ANCHORS is not set: that the end of the log was cut off may not show';
  return anchorsPath === null ? { ...ok(entries), remarks: [note] } : ok(entries);
}

/** An anchor knows how far the log once went: a tail that was cut off leaves no other trace. */
function faultOfAnchor(
  database: DatabaseSync,
  { writer, own }: { readonly writer: string; readonly own: number },
  anchor: AnchoredEntry | null,
): string | null {
  if (anchor === null || anchor.writer !== writer) return null;
  if (anchor.sequence > own) {
    return `the log ends at entry ${own}, but once went on to ${anchor.sequence}`;
  }
  return hashAt(database, anchor.sequence) === anchor.hash
    ? null
    : `entry ${anchor.sequence} is not the one that was anchored`;
}

/** The last anchor of this log; null when there is none. */
function lastOf(
  anchors: Iterable<AnchoredEntry>,
  { writer }: { readonly writer: string },
): AnchoredEntry | null {
  let last: AnchoredEntry | null = null;
  for (const anchor of anchors) if (anchor.writer === writer) last = anchor;
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
