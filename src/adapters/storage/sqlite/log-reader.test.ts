import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { execute } from '../../../engine/execute.ts';
import type { Engine } from '../../../engine/ports.ts';
import { type LogReader, openLogReader } from './log-reader.ts';
import { openSqliteStore } from './store.ts';

let folder: string;
let engine: Engine;
let reader: LogReader;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'farthing-log-'));
  const path = join(folder, 'log.db');
  const clock = testClock();
  let writers = 0;
  const newWriter = () => `log${(writers += 1)}`;
  engine = testEngine(
    openSqliteStore({ path, newWriter, publish, nowMs: () => clock.nowMs() }),
    clock,
  );
  reader = openLogReader(path);
});
afterEach(async () => {
  reader.close();
  await engine.store.close();
  rmSync(folder, { recursive: true });
});

async function expectSame(): Promise<void> {
  expect(await reader.logHead()).toEqual(await engine.store.logHead());
  const query = { after: 1, limit: 2 };
  expect(await reader.events(query)).toEqual(await engine.store.events(query));
}

test('reads what the store reads: from an empty log, a longer one, and a new one after a reset', async () => {
  await expectSame();
  for (let made = 0; made < 4; made += 1) await mustDecide(engine, createCommand());
  await expectSame();
  await execute(engine, requestOf({ type: 'reset_data' }));
  await expectSame();
  expect((await reader.logHead()).writer).toBe('log2');
});
