/** Exports that are not whole, and databases that cannot take one: nothing is imported, and it is said why. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lineWriter } from '../../src/adapters/storage/transfer/lines.ts';
import { differences } from '../../src/adapters/storage/transfer/move.ts';
import { createCommand, mustDecide, runTimers, testClock } from '../support/engine.ts';
import { exported, filePlace, imported, type Place, postgresPlace } from './places.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-refusals-'));
const KEY = 'ab'.repeat(32);
let lines: string[];
let postgres: Place;
let files = 0;
let to: Place;

beforeAll(async () => {
  const from = filePlace(folder, 'from');
  const clock = testClock();
  const { store, engine } = await from.open(clock);
  for (let made = 0; made < 3; made += 1) await mustDecide(engine, createCommand());
  await runTimers(engine, clock);
  await store.close();
  writeFileSync(join(folder, 'from.db.card-key'), `${KEY}\n`);
  lines = (await exported(from)).join('').trimEnd().split('\n');
  postgres = await postgresPlace('refusing');
});
beforeEach(() => {
  files += 1;
  to = filePlace(folder, `to-${files}`);
});
afterAll(async () => {
  await postgres.remove();
  rmSync(folder, { recursive: true });
});

/** What is said of these lines, by both kinds of store; neither has anything of them. */
async function refusalOf(changed: readonly string[]): Promise<string> {
  const said: string[] = [];
  for (const place of [to, postgres]) {
    const refused = await imported(changed, place).catch((error: unknown) => error);
    if (!(refused instanceof Error)) throw new Error('it was imported');
    said.push(refused.message);
  }
  expect(new Set(said).size).toBe(1);
  // The lock's file stays, as it does beside any database.
  const left = readdirSync(folder).filter((name) => name.startsWith(`to-${files}.db`));
  expect(left.filter((name) => !name.endsWith('-lock'))).toEqual([]);
  return said[0] ?? '';
}

/** These rows, hashed as if an export had been made of them. */
function rewritten(change: (line: Record<string, unknown>) => Record<string, unknown>): string[] {
  const write = lineWriter();
  return lines.map((line) => {
    const { check: _, ...said } = JSON.parse(line) as Record<string, unknown>;
    return write(change(said) as never).trimEnd();
  });
}

describe('an export', () => {
  test('is imported as it is', async () => {
    const compared = await imported(lines, to);
    expect(compared.length).toBeGreaterThan(20);
    expect(differences(compared)).toEqual([]);
  });

  test('that ends too early is refused', async () => {
    expect(await refusalOf(lines.slice(0, -1))).toContain('ends before its last line');
    expect(await refusalOf(lines.slice(0, 1))).toContain('ends before its last line');
    const torn = [...lines.slice(0, 5), (lines[5] ?? '').slice(0, 40)];
    expect(await refusalOf(torn)).toContain('line 6 of the export is not as it was written');
    expect(await refusalOf([])).toContain('there is nothing to import');
  });

  test.each<[string, (all: string[]) => string[], string]>([
    ['edited', (all) => all.with(6, (all[6] ?? '').replace('"row":{', '"row":{ ')), 'line 7 '],
    ['missing', (all) => all.toSpliced(8, 1), 'line 9 '],
    ['there twice', (all) => all.toSpliced(8, 0, all[8] ?? ''), 'line 10 '],
    ['exchanged', (all) => all.with(4, all[5] ?? '').with(5, all[4] ?? ''), 'line 5 '],
    ['empty', (all) => all.with(3, ''), 'line 4 '],
    ['behind the last one', (all) => [...all, all.at(-1) ?? ''], `line `],
  ])('with a line that is %s is refused, and the line named', async (_, change, named) => {
    const message = await refusalOf(change([...lines]));
    expect(message).toContain(named);
    expect(message).toContain('of the export is not as it was written');
  });

  test('that is another file is refused', async () => {
    expect(await refusalOf(['{"name":"farthing"}'])).toContain('not an export of Farthing');
    expect(await refusalOf(lines.slice(1))).toContain('or its first line is missing');
  });

  test('of another version is refused, and so is a row that nobody knows', async () => {
    const newer = rewritten((line) =>
      'header' in line ? { header: { ...(line['header'] as object), version: 2 } } : line,
    );
    expect(await refusalOf(newer)).toContain('the version that made it, or a newer one');
    const strange = rewritten((line) =>
      line['kind'] === 'meta' ? { ...line, kind: 'news' } : line,
    );
    expect(await refusalOf(strange)).toContain('line 2 is a row that this Farthing does not know');
  });

  test('whose rows were changed and hashed anew is shown by its last line', async () => {
    const forged = rewritten((line) =>
      line['kind'] === 'counters'
        ? { ...line, row: { ...(line['row'] as object), total: '7' } }
        : line,
    );
    expect(await refusalOf(forged)).toContain('not what its last line says');
  });

  test('is not written over anything', async () => {
    const taken = join(folder, `to-${files}.db`);
    for (const ending of ['', '.webhooks', '.anchors']) {
      writeFileSync(taken + ending, 'mine');
      await expect(imported(lines, to)).rejects.toThrow(/ already; | was there before; /);
      rmSync(taken + ending);
    }
    writeFileSync(`${taken}.card-key`, 'f'.repeat(64));
    await expect(imported(lines, to)).rejects.toThrow('is another key than that of the export');
    expect(readFileSync(`${taken}.card-key`, 'utf8')).toBe('f'.repeat(64));
    writeFileSync(`${taken}.card-key`, KEY);
    expect(differences(await imported(lines, to))).toEqual([]);
  });
});
