/** `ledger check`, `audit verify` and `doctor` on Postgres: the same findings, words and exit codes as on a file. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectEventually } from '../property/store.ts';
import { commandLine, json, lines } from '../support/cli.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-checks-'));
const anchors = join(folder, 'anchors');
let database: TestDatabase;
let server: ServerProcess & { url: string };
const environment = () => ({
  DATABASE_URL: database.url,
  FARTHING_URL: server.url,
  AUDIT_ANCHORS: anchors,
});
const cli = commandLine(folder, environment);

beforeAll(async () => {
  database = await testDatabase();
  server = await startServer({
    database: '',
    environment: {
      DATABASE_URL: database.url,
      AUDIT_ANCHORS: anchors,
      PROCESSING_DELAY_MS: '20',
      FAILURE_RATE: '0',
    },
  });
  await cli.createdId();
  await expectEventually(async () => existsSync(anchors));
});
afterAll(async () => {
  await endServers();
  await database.drop();
  rmSync(folder, { recursive: true });
});

test('beside a running server all is well', async () => {
  const ledger = await cli.run(['ledger', 'check']);
  expect(ledger).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ledger.stdout)).toHaveLength(8);
  for (const line of lines(ledger.stdout)) expect(line).toMatch(/^ok {7}\S.* {2}[\d.]+ \S/);
  const audit = await cli.run(['audit', 'verify']);
  expect(audit).toMatchObject({ code: 0, stderr: '' });
  expect(lines(audit.stdout)).toEqual([
    expect.stringMatching(/^ok +every entry has its hash .* {2}\d+ entries, \d+ a second$/),
    expect.stringMatching(/^ok +every anchored entry is there and is the same +[1-9]\d* anchors?$/),
    expect.stringMatching(/^ok +each payment is at the version of its last entry$/),
  ]);
  const doctor = await cli.run(['doctor']);
  expect(doctor).toMatchObject({ code: 0, stderr: '' });
  expect(doctor.stdout).toMatch(/^ok +Database +postgres.*, in use by 1 process$/m);
  expect(doctor.stdout).toMatch(/^ok +Log +the last \d+ entries of \d+ are as they were written$/m);
});

test('what differs is named, and ends with 1', async () => {
  await server.end('SIGTERM');
  await database.query(`update counters set total = -1 where name = 'status:SUCCESS'`);
  const ledger = await cli.run(['ledger', 'check']);
  expect(ledger.code).toBe(1);
  expect(ledger.stdout).toMatch(
    /^failed +counters .*\n +status:SUCCESS says -1, the payments make \d+$/m,
  );
  expect(ledger.stderr).toBe('error: 1 check of 8 found a difference\n');

  const last = lines(readFileSync(anchors, 'utf8')).at(-1) ?? '';
  writeFileSync(anchors, `${last.replace(/"sequence":\d+/, '"sequence":999999')}\n`, { flag: 'a' });
  const cut = await cli.run(['audit', 'verify', '--json']);
  expect(cut.code).toBe(1);
  expect(json(cut)['fault']).toMatchObject({
    part: 'anchors',
    message: expect.stringMatching(/is missing: the log ends before it.*999999/) as string,
  });
  expect((await cli.run(['doctor'])).stdout).toMatch(
    /^failed +Log +.* ends at entry \d+, but once went on to 999999$/m,
  );

  await database.query(
    `drop trigger events_are_final on events; update events set actor = 'nobody' where sequence = 2`,
  );
  const changed = await cli.run(['audit', 'verify'], { env: { AUDIT_ANCHORS: '' } });
  expect(changed.code).toBe(1);
  expect(changed.stderr).toContain('AUDIT_ANCHORS is not set');
  expect(changed.stderr).toContain('the log is not as it was written: entry 2 was changed');
  const doctor = await cli.run(['doctor'], { env: { FARTHING_URL: '', PORT: '0' } });
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/^failed +Log +entry 2 was changed\n/m);
  expect(doctor.stdout).toMatch(/^failed +Ledger +not true: counters are .*\n +status:/m);
});

test('what cannot be looked into is no verdict, and ends with 3', async () => {
  const empty = await testDatabase();
  const nowhere = { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/none' };
  for (const command of [
    ['ledger', 'check'],
    ['audit', 'verify'],
  ]) {
    const bare = await cli.run(command, { env: { DATABASE_URL: empty.url } });
    expect(bare).toMatchObject({ code: 3, stdout: '' });
    expect(bare.stderr).toContain('has not the schema of this Farthing');
    const lost = await cli.run(command, { env: nowhere });
    expect(lost).toMatchObject({ code: 3, stdout: '' });
    expect(lost.stderr).toMatch(/^error: postgres:.* cannot be read: /);
    expect(lost.stderr).not.toContain('hunter2');
  }
  const env = { DATABASE_URL: empty.url, FARTHING_URL: '', PORT: '0' };
  const doctor = await cli.run(['doctor'], { env });
  expect(doctor.code).toBe(0);
  expect(doctor.stdout).toMatch(/^ok +Database +postgres.*, its tables will be made$/m);
  expect(doctor.stdout).toMatch(/^skipped +Ledger +there are no tables of this version yet$/m);
  await empty.drop();
});
