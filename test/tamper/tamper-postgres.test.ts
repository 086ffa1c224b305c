/**
 * A log on Postgres, tampered with a few hundred times by somebody who owns the server: `farthing audit verify` must see
 * every one, and name the first bad entry. Each is done in a transaction that is undone, so that nothing of it is left.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotOn } from '../../src/adapters/storage/postgres/snapshot.ts';
import { verifyLog } from '../../src/adapters/storage/postgres/verify.ts';
import { chanceFrom, freshSeed } from '../support/chance.ts';
import { testDatabase } from '../support/postgres.ts';
import { Attacker, makePostgresLog, type PostgresLog } from './postgres-log.ts';
import { TAMPERINGS } from './postgres-tamperings.ts';

const COPIES = 210;

/** FARTHING_SEED does a run again. */
const seed = process.env['FARTHING_SEED'] ?? freshSeed();
const chance = chanceFrom(seed);
const folder = mkdtempSync(join(tmpdir(), 'farthing-tamper-'));

const database = await testDatabase();
const attacker = new Attacker(database.url);
let log: PostgresLog;

beforeAll(async () => {
  log = await makePostgresLog(database, folder, seed);
  await attacker.client.connect();
});
afterAll(async () => {
  await attacker.client.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** Under the transaction that the attacker has open. */
const verify = () => verifyLog(snapshotOn(attacker.client), log.anchors);

test('a log that nobody touched is sound, with the chains of both writers', async () => {
  await attacker.client.query('begin');
  const verification = await verify();
  await attacker.undo();
  expect(log.chains).toHaveLength(2);
  for (const { last, anchored } of log.chains) {
    expect(last).toBeGreaterThan(100);
    expect(anchored.length).toBeGreaterThan(5);
    expect(last).toBeGreaterThan(Math.max(...anchored));
  }
  expect(verification).toMatchObject({
    heads: log.chains.map(({ name, last }) => ({ writer: name, sequence: last })),
    anchorsChecked: log.anchors.length,
    anchorsStrange: 0,
    faults: [],
  });
});

test(
  `every tampering is seen and named, ${COPIES} times, seed ${seed}`,
  { timeout: 120_000 },
  async () => {
    const kinds = Object.entries(TAMPERINGS);
    const unseen: string[] = [];
    for (let index = 0; index < COPIES; index += 1) {
      const [kind, tamper] = kinds[index % kinds.length] ?? chance.pick(kinds);
      const chain = chance.pick(log.chains);
      await attacker.begin();
      const { what, firstBad } = await tamper({ attacker, log, chain, chance });
      const [fault] = (await verify()).faults;
      await attacker.undo();
      if (fault === undefined || fault.sequence !== firstBad) {
        unseen.push(`${kind}, ${what}: ${fault?.message ?? 'nothing was seen'}, not ${firstBad}`);
      }
    }
    expect(unseen).toEqual([]);
  },
);

describe('the log refuses', () => {
  test.each([
    'update events set actor = actor',
    'delete from events where sequence = 1',
    `update events set data = '{}' where sequence = 1`,
  ])('%s', async (sql) => {
    await expect(database.query(sql)).rejects.toThrow('the event log is append-only');
  });
});
