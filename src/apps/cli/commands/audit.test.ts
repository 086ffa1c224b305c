import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  runTimers,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { openForAttack } from '../../../../test/tamper/sound-log.ts';
import { anchorFollower } from '../../../adapters/audit/anchor.ts';
import { openSqliteStore } from '../../../adapters/storage/sqlite/store.ts';
import { catchUp } from '../../../engine/relay.ts';
import { CliError, EXIT } from '../exit.ts';
import { defineAudit } from './audit.ts';

let folder: string;
let path: string;
let written: { stdout: string; stderr: string };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'farthing-audit-'));
  path = join(folder, 'main.db');
  written = { stdout: '', stderr: '' };
  vi.stubEnv('DATABASE_URL', `sqlite:${path}`);
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    });
  }
  await makeLog();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Two payments, three entries each; the last one is anchored. */
async function makeLog(): Promise<void> {
  const clock = testClock();
  const nowMs = () => clock.nowMs();
  const store = openSqliteStore({ path, newWriter: () => 'abc123', publish, nowMs });
  const engine = testEngine(store, clock);
  await mustDecide(engine, createCommand());
  await mustDecide(engine, createCommand());
  await runTimers(engine, clock);
  await catchUp(engine, anchorFollower(`${path}.anchors`, store, clock));
  await store.close();
}

function change(sql: string): void {
  const database = openForAttack(path);
  database.exec(sql);
  database.close();
}

/** What `farthing audit verify` throws; null when it ends well. */
async function verify(...options: string[]): Promise<CliError | null> {
  const program = new Command('farthing').option('--json').exitOverride();
  defineAudit(program.command('audit'));
  try {
    await program.parseAsync([...options, 'audit', 'verify'], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

function printedLines(): string[] {
  return written.stdout.trimEnd().split('\n');
}

test('a sound log is said to be sound, and how much of it there is', async () => {
  expect(await verify()).toBeNull();
  expect(printedLines()).toEqual([
    expect.stringMatching(/^ok +every entry has its hash .* {2}6 entries, \d+ a second$/),
    expect.stringMatching(/^ok +every anchored entry is there and is the same +1 anchor$/),
    expect.stringMatching(/^ok +each payment is at the version of its last entry$/),
  ]);
  expect(written.stderr).toBe('');
});

test('a bad entry is named, and ends it with 1', async () => {
  change(`update events set actor = 'nobody' where sequence = 4`);
  const error = await verify();
  expect(error).toMatchObject({
    exitCode: EXIT.failed,
    message: 'the log is not as it was written: entry 4 was changed',
  });
  expect(printedLines()).toEqual([
    expect.stringMatching(/^failed +every entry has its hash .* {2}3 entries, \d+ a second$/),
    expect.stringMatching(/^ +entry 4 was changed$/),
    expect.stringMatching(/^skipped +every anchored entry is there and is the same +0 anchors$/),
    expect.stringMatching(/^skipped +each payment is at the version of its last entry$/),
  ]);
});

test('a tail that was cut off is named by the anchors', async () => {
  change('delete from events where sequence > 4');
  expect((await verify())?.message).toContain('entry 5 is missing');
  expect(printedLines().map((line) => line.split(' ', 1)[0])).toEqual([
    'ok',
    'failed',
    '',
    'skipped',
  ]);
});

test('a payment that the log does not know is named, and cannot drive the terminal', async () => {
  change(`
    create temp table copied as select * from payments where ordinal = 1;
    update copied set ordinal = 3, payment_id = 'x' || char(27) || '[2J';
    insert into payments select * from copied`);
  const message = 'payment x\\u001b[2J is at version 3, but the log does not know it';
  expect((await verify())?.message).toBe(`the log is not as it was written: ${message}`);
  expect(printedLines()[3]?.trim()).toBe(message);
});

test('with --json there is one document, of a sound log and of a bad one', async () => {
  const sound = {
    entries: 6,
    verified_per_second: expect.any(Number) as number,
    head: {
      writer: 'abc123',
      sequence: 6,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
    anchors_checked: 1,
    fault: null,
  };
  expect(await verify('--json')).toBeNull();
  expect(JSON.parse(written.stdout)).toEqual(sound);
  change('update payments set version = 4 where ordinal = 2');
  written.stdout = '';
  expect(await verify('--json')).toMatchObject({ exitCode: EXIT.failed });
  expect(JSON.parse(written.stdout)).toEqual({
    ...sound,
    fault: {
      part: 'payments',
      sequence: 6,
      message: expect.stringMatching(
        /^payment \S+ is at version 4, but its last entry, 6, /,
      ) as string,
    },
  });
});

test('a log without anchors passes, but it is said what that leaves open', async () => {
  rmSync(`${path}.anchors`);
  expect(await verify()).toBeNull();
  expect(printedLines()[1]).toMatch(/^skipped .* 0 anchors$/);
  expect(written.stderr).toContain('main.db.anchors has no anchor of this log');
});

test('anchors of another log that no reset ended are pointed out', async () => {
  const other = { writer: 'other', sequence: 900, hash: '0'.repeat(64), at_ms: 0 };
  appendFileSync(`${path}.anchors`, `${JSON.stringify(other)}\n`);
  expect(await verify()).toBeNull();
  expect(printedLines()[1]).toMatch(/ 1 anchor$/);
  expect(written.stderr).toContain('has 1 anchor of another log, which no reset ended');
});

test('an empty log is sound', async () => {
  change('delete from events; delete from ledger_entries; delete from payments');
  rmSync(`${path}.anchors`);
  expect(await verify()).toBeNull();
  expect(printedLines()[0]).toMatch(/ 0 entries$/);
  expect(written.stderr).toBe('');
});

test('what cannot be looked at is no verdict', async () => {
  writeFileSync(`${path}.anchors`, 'no anchor\n');
  await expect(verify()).rejects.toThrow(`line 1 of ${path}.anchors is not an anchor`);
  rmSync(path);
  expect(await verify()).toMatchObject({ exitCode: EXIT.unreachable });
  vi.stubEnv('DATABASE_URL', 'sqlite::memory:');
  expect(await verify()).toMatchObject({ exitCode: EXIT.usage });
});
