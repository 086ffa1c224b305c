/**
 * The commands that look for what is wrong: `config`, `ledger check`, `doctor`. Each is shown something sound and
 * something broken, in a process of its own, most of it beside a running server.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine, type Environment, json, lines, withStranger } from '../support/cli.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

const FAST = { PROCESSING_DELAY_MS: '20', FAILURE_RATE: '0' };

const folder = mkdtempSync(join(tmpdir(), 'farthing-checks-'));
const database = join(folder, 'main.db');
const cli = commandLine(folder, () => ({
  DATABASE_URL: `sqlite:${database}`,
  FARTHING_URL: server.url,
}));
let server: ServerProcess & { url: string };

beforeAll(async () => {
  server = await startServer({ database, environment: FAST });
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true });
});

describe('farthing config', () => {
  test('shows every value and where it came from, but no secret', async () => {
    const cwd = join(folder, 'config');
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.env'), 'FAILURE_RATE=0.5\nPORT=9001\nFAILURE_RTE=1\nPOSTGRES_DB=x\n');
    const env = { PORT: '9000', API_KEYS: `me:${'s'.repeat(20)}` };
    const run = await cli.run(['config'], { cwd, env });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^PORT +environment +9000$/m);
    expect(run.stdout).toMatch(/^FAILURE_RATE +\.env +0\.5$/m);
    expect(run.stdout).toMatch(/^MAX_RETRIES +default +3$/m);
    expect(run.stdout).toMatch(/^API_KEYS +environment +\(set, not shown\)$/m);
    expect(run.stdout + run.stderr).not.toContain('ssss');
    expect(run.stderr).toBe('.env: FAILURE_RTE is not a setting; did you mean FAILURE_RATE?\n');
    const machine = json(await cli.run(['config', '--json'], { cwd, env }));
    expect(machine['faults']).toEqual([]);
    expect(machine['settings']).toContainEqual({
      name: 'PORT',
      value: '9000',
      source: 'environment',
    });
  });

  test('shows the faults after the table, and ends with 2', async () => {
    const env = { PORT: 'x', DATABASE_URL: 'mysql://me:hunter2@host/db' };
    const run = await cli.run(['config'], { env });
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(/^PORT +environment +x$/m);
    expect(lines(run.stderr)).toHaveLength(2);
    expect(run.stdout + run.stderr).not.toContain('hunter2');
    const machine = await cli.run(['config', '--json'], { env });
    expect(machine.code).toBe(2);
    expect(json(machine)['faults']).toHaveLength(2);
  });
});

describe('farthing ledger check', () => {
  test('finds a sound ledger beside the running server', async () => {
    await cli.createdId();
    const run = await cli.run(['ledger', 'check']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(lines(run.stdout)).toHaveLength(8);
    for (const line of lines(run.stdout)) expect(line).toMatch(/^ok {7}\S.* {2}[\d.]+ \S/);
    const machine = json(await cli.run(['ledger', 'check', '--json']));
    expect(machine['ok']).toBe(true);
    expect(machine['checks']).toHaveLength(8);
  });

  test('names what differs, and ends with 1', async () => {
    const broken = await brokenCopy(
      `update counters set total = '-1' where name = 'status:SUCCESS'`,
    );
    const env = { DATABASE_URL: `sqlite:${broken}` };
    const run = await cli.run(['ledger', 'check'], { env });
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(
      /^failed +counters .*\n +status:SUCCESS says -1, the payments make \d+$/m,
    );
    expect(run.stderr).toBe('error: 1 check of 8 found a difference\n');
    const machine = await cli.run(['ledger', 'check', '--json'], { env });
    expect(machine.code).toBe(1);
    expect(json(machine)['ok']).toBe(false);
  });

  test.each([
    ['sqlite:./none.db', 3, 'there is no database at ./none.db'],
    ['sqlite:./text.db', 3, 'cannot be read: file is not a database'],
    ['sqlite:./empty.db', 3, 'has not the schema of this Farthing'],
    ['sqlite::memory:', 2, 'a database in memory'],
    ['mysql:x', 2, 'DATABASE_URL must be'],
  ])('cannot look into %s', async (url, code, expected) => {
    writeFileSync(
      join(folder, 'text.db'),
      'this is text, and long enough to be looked at as a header'.repeat(20),
    );
    writeFileSync(join(folder, 'empty.db'), '');
    const run = await cli.run(['ledger', 'check'], { env: { DATABASE_URL: url } });
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(expected);
  });
});

describe('farthing doctor', () => {
  const NAMES = ['Node.js', 'SQLite', 'Configuration', 'Database', 'Disk', 'Port', 'Ledger', 'Log'];

  test('finds everything well beside the running server', async () => {
    await cli.createdId();
    const run = await cli.run(['doctor']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(lines(run.stdout).map((line) => line.split(/ +/)[1])).toEqual(NAMES);
    expect(run.stdout).toMatch(/^ok +Database .*main\.db, in use by the server$/m);
    expect(run.stdout).toMatch(/^ok +Port +Farthing answers at http/m);
    const machine = json(await cli.run(['doctor', '--json']));
    expect(machine['ok']).toBe(true);
    expect(machine['checks']).toHaveLength(NAMES.length);
  });

  test('finds everything well before the first start, and changes nothing', async () => {
    const env = { FARTHING_URL: '', PORT: '0', DATABASE_URL: 'sqlite:./first.db' };
    const run = await cli.run(['doctor'], { env });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^ok +Database +\.\/first\.db will be made$/m);
    expect(run.stdout).toMatch(/^ok +Port +any free one will be taken$/m);
    expect(run.stdout).toMatch(/^skipped +Ledger/m);
    expect((await cli.run(['ledger', 'check'], { env })).stderr).toContain('there is no database');
  });

  test.each<[string, () => Promise<Environment> | Environment, RegExp]>([
    [
      'a wrong configuration',
      () => ({ PORT: 'x' }),
      /^failed +Configuration +1 fault\n +PORT must be/m,
    ],
    [
      'a folder that is not there',
      () => ({ DATABASE_URL: 'sqlite:./no/such.db' }),
      /^failed +Database +the folder .*no does not exist\n +give DATABASE_URL/m,
    ],
    [
      'a database that somebody else has',
      () => ({ FARTHING_URL: '', PORT: '0' }),
      /^failed +Database .*main\.db is in use by another process\n +stop it/m,
    ],
    [
      'nobody where the server should be',
      () => ({ FARTHING_URL: 'http://127.0.0.1:2' }),
      /^failed +Port +nothing answers at http:\/\/127\.0\.0\.1:2\n/m,
    ],
    [
      'totals that are wrong',
      async () => ({ DATABASE_URL: `sqlite:${await brokenCopy('delete from counters')}` }),
      /^failed +Ledger +not true: counters are .*\n +status:/m,
    ],
    [
      'a log that was changed',
      async () => ({
        DATABASE_URL: `sqlite:${await brokenCopy(
          `drop trigger events_are_final; update events set actor = 'nobody' where sequence = 2`,
        )}`,
      }),
      /^failed +Log +entry 2 was changed\n/m,
    ],
    [
      'a log that was cut off',
      cutLog,
      /^failed +Log +the log ends at entry \d+, but once went on to 999999\n/m,
    ],
  ])('finds %s', async (_, env, expected) => {
    const run = await cli.run(['doctor'], { env: await env() });
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(expected);
    expect(run.stderr).toMatch(/^error: \d checks? of 8 failed\n$/);
  });

  test('tells a stranger on the port from us, and a port that only listens', async () => {
    await withStranger(
      (_request, response) => response.end('{"status": "ready"}'),
      async (url) => {
        const { port } = new URL(url);
        const env = { FARTHING_URL: '', PORT: port, DATABASE_URL: 'sqlite:./first.db' };
        const machine = await cli.run(['doctor', '--json'], { env });
        expect(machine.code).toBe(1);
        expect(json(machine)['checks']).toContainEqual(
          expect.objectContaining({
            name: 'Port',
            status: 'failed',
            detail: `something else than Farthing answers at ${url}`,
          }),
        );
      },
    );
    await withStranger(
      (request) => request.socket.destroy(),
      async (url) => {
        const { port } = new URL(url);
        const env = { FARTHING_URL: '', PORT: port, DATABASE_URL: 'sqlite:./first.db' };
        const run = await cli.run(['doctor'], { env });
        expect(run.stdout).toMatch(/^failed +Port +\d+ is in use by another program$/m);
      },
    );
  });

  async function cutLog() {
    const copy = await brokenCopy('');
    const source = new DatabaseSync(copy, { readOnly: true });
    const writer = source.prepare(`select value from meta where name = 'writer'`).get()?.['value'];
    source.close();
    const anchor = { writer, sequence: 999_999, hash: '0'.repeat(64), at_ms: 0 };
    writeFileSync(`${copy}.anchors`, `${JSON.stringify(anchor)}\n`);
    return { DATABASE_URL: `sqlite:${copy}` };
  }
});

let copies = 0;

/** A copy of the running server's database, changed behind everybody's back. */
async function brokenCopy(sql: string): Promise<string> {
  await cli.createdId();
  copies += 1;
  const copy = join(folder, `broken-${copies}.db`);
  const source = new DatabaseSync(database, { readOnly: true });
  source.exec(`vacuum into '${copy}'`);
  source.close();
  const target = new DatabaseSync(copy);
  target.exec(`pragma journal_mode = wal; ${sql}`);
  target.close();
  return copy;
}
