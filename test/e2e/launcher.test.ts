import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { NODE_FLAGS } from '../../scripts/node-flags.js';

const RUN = fileURLToPath(new URL('../../scripts/run.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'farthing-launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a program runs on the Node of the lock file, with our flags and its own words', () => {
  const program = path.join(folder, 'program.mjs');
  writeFileSync(
    program,
    'console.log(JSON.stringify([process.execArgv, process.argv.slice(2), process.version]));',
  );
  const { stdout, stderr } = spawnSync(process.execPath, [RUN, program, 'a', '--b'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([NODE_FLAGS, ['a', '--b'], process.version]);
  expect(NODE_FLAGS).toContain('--v8-pool-size=1');
});
