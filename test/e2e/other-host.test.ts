/** `npm run test:e2e` itself: aimed at a host that is running, at one that is not, and asked for a window without a display. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ensureDashboard } from '../../scripts/dashboard.js';
import { endServers, startServer } from '../support/server.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/e2e.ts', import.meta.url));

/** A test runner that starts a browser, inside of a test, beside others. */
const RUN_MS_MAX = 180_000;

const folder = mkdtempSync(join(tmpdir(), 'farthing-other-host-'));
afterAll(async () => {
  await endServers();
  rmSync(folder, { recursive: true });
});

test(
  'runs what leaves a host as it is, and names what it left out',
  async () => {
    await ensureDashboard(process.execPath, () => {});
    const { url } = await startServer({ database: join(folder, 'other.db') });
    const { code, output } = await run(['walkthrough', 'budget'], { E2E_BASE_URL: `${url}/` });
    expect(output).toMatch(/Tests +4 passed \(4\)/);
    expect(output).toMatch(/left out: 2 tests .*\n +test\/e2e\/dashboard-budget\.test\.ts/);
    expect(code).toBe(0);
  },
  RUN_MS_MAX,
);

test('fails when nothing of what is asked for can run there', async () => {
  const { url } = await startServer({ database: join(folder, 'nothing.db') });
  const { code, output } = await run(['budget'], { E2E_BASE_URL: url });
  expect([code, output]).toEqual([1, expect.stringContaining('left out: 2 tests')]);
  expect(output).toContain('none of the tests asked for can run there');
});

test.each([
  ['127.0.0.1:8000', 'which is no address'],
  [`http://127.0.0.1:${await unusedPort()}`, 'where nothing answers'],
])('says what is wrong with %s', async (address, words) => {
  const { code, output } = await run([], { E2E_BASE_URL: address });
  expect([code, output]).toEqual([1, expect.stringContaining(words)]);
  expect(output).toContain('Expected the address of a host that is running');
});

test('needs a display to show a window', async () => {
  const { code, output } = await run(['--headed'], { DISPLAY: '', WAYLAND_DISPLAY: '' });
  expect(process.platform === 'linux' ? [code, output] : [1, 'no display']).toEqual([
    1,
    expect.stringContaining('no display'),
  ]);
});

function run(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  return new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` });
    });
  });
}

/** Of a server that has just ended. */
function unusedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
