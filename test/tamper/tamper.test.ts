/**
 * A thousand copies of a log, each tampered with once by somebody who owns the file: `farthing audit verify` must see
 * every one, and name the first bad entry. Each is a copy of the whole file, so that nothing of one is left for the next.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAnchors } from '../../src/adapters/audit/anchor-lines.ts';
import { openReadOnly } from '../../src/adapters/storage/sqlite/database.ts';
import type { LogVerification } from '../../src/adapters/storage/log-verification.ts';
import { verifyLog } from '../../src/adapters/storage/sqlite/verify.ts';
import { chanceFrom, freshSeed } from '../support/chance.ts';
import { makeSoundLog, openForAttack, type SoundLog } from './sound-log.ts';
import { type Attack, TAMPERINGS, type Tampering } from './tamperings.ts';

const COPIES = 1_000;

/** FARTHING_SEED does a run again. */
const seed = process.env['FARTHING_SEED'] ?? freshSeed();
const chance = chanceFrom(seed);
const folder = mkdtempSync(join(tmpdir(), 'farthing-tamper-'));
let log: SoundLog;

beforeAll(async () => {
  log = await makeSoundLog(folder, seed);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a log that nobody touched is sound', () => {
  expect(log.last).toBeGreaterThan(300);
  expect(log.anchored.length).toBeGreaterThan(10);
  expect(log.last).toBeGreaterThan(Math.max(...log.anchored));
  expect(verify(log.path)).toMatchObject({
    head: { sequence: log.last },
    anchorsChecked: log.anchored.length,
    faults: [],
  });
});

test(
  `every tampering is seen and named, in ${COPIES} copies, seed ${seed}`,
  { timeout: 60_000 },
  () => {
    const kinds = Object.entries(TAMPERINGS);
    const unseen: string[] = [];
    for (let index = 0; index < COPIES; index += 1) {
      const [kind, tamper] = kinds[index % kinds.length] ?? chance.pick(kinds);
      const path = join(folder, `copy-${index}.db`);
      const { what, firstBad } = tamperedCopy(path, tamper);
      const [fault] = verify(path).faults;
      if (fault === undefined || fault.sequence !== firstBad) {
        unseen.push(`${kind}, ${what}: ${fault?.message ?? 'nothing was seen'}, not ${firstBad}`);
      }
      for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
    }
    expect(unseen).toEqual([]);
  },
);

function tamperedCopy(path: string, tamper: (attack: Attack) => Tampering): Tampering {
  copyFileSync(log.path, path);
  const database = openForAttack(path);
  try {
    return tamper({ database, log, chance });
  } finally {
    database.close();
  }
}

function verify(path: string): LogVerification {
  const database = openReadOnly(path);
  try {
    return verifyLog(database, readAnchors(log.anchorsPath));
  } finally {
    database.close();
  }
}
