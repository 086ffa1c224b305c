/**
 * Verifies the whole event log of a SQLite file: every entry's hash and its link to the one before, the anchors, and that
 * the entries and the payments tell the same story. It reads only, in one transaction, so that it sees one moment of a
 * log that a server is writing to.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Anchors } from '../anchored.ts';
import type { ChainHead } from '../chain.ts';
import { faultIn, type LogVerification, verified } from '../log-verification.ts';
import { walkChains } from './verify-chain.ts';
import { faultOfPayments } from './verify-payments.ts';

/** Verifies the log; `anchors` may be in any order, and those of other writers are left out. */
export function verifyLog(database: DatabaseSync, anchors: Iterable<ChainHead>): LogVerification {
  database.exec('begin');
  try {
    // The first look fixes the moment.
    const former = formerHead(database);
    const anchored = new Anchors(anchors);
    const chains = walkChains(database, (entry) => anchored.see(entry));
    const isBegun = chains.some(({ head }) => head.sequence > 0);
    const verification = verified(chains, anchored.compare(chains, isBegun ? former : null));
    if (verification.faults.length > 0) return verification;
    return { ...verification, faults: faultIn('payments', faultOfPayments(database)) };
  } finally {
    database.exec('rollback');
  }
}

/** The head of the log before this one, where a reset recorded it as this one's first entry; else null. */
function formerHead(database: DatabaseSync): ChainHead | null {
  const row = database
    .prepare(
      `select data ->> '$.previous.writer' as writer, data ->> '$.previous.entries' as sequence,
         data ->> '$.previous.hash' as hash
       from events where sequence = 1 and type = 'data.reset' and json_valid(data)`,
    )
    .get();
  const { writer, sequence, hash } = row ?? {};
  const isRecorded =
    typeof writer === 'string' && typeof sequence === 'number' && typeof hash === 'string';
  return isRecorded ? { writer, sequence, hash } : null;
}
