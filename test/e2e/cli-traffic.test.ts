/** `farthing traffic` from outside: the real program against a real server, and against some that are none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TRAFFIC_PRESET_NAMES } from '../../src/core/traffic/preset.ts';
import { commandLine, ended, type Json, json, lines } from '../support/cli.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-traffic-'));
const cli = commandLine(folder, () => ({ FARTHING_URL: server.url }));
let server: ServerProcess & { url: string };

beforeAll(async () => {
  server = await startServer({ database: join(folder, 'main.db') });
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true });
});

async function get(path: string): Promise<Json> {
  const response = await fetch(`${server.url}${path}`);
  return (await response.json()) as Json;
}

async function running(): Promise<Json | null> {
  return (await get('/simulation/traffic'))['running'] as Json | null;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 200) throw new Error('it does not come about');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('lists what can be made, where nothing is asked for', async () => {
  const run = await cli.run(['traffic']);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const [head = '', ...rows] = lines(run.stdout);
  expect(head).toMatch(/^PRESET +RATE +FOR +WHAT HAPPENS$/);
  expect(rows.map((row) => row.split(/ +/)[0])).toEqual(TRAFFIC_PRESET_NAMES);
  expect(rows[2]).toMatch(/^card_testing +20\/s +120s +A town under attack/);
  expect(await running()).toBeNull();
});

test('lists it as the server says it, with --json', async () => {
  const run = await cli.run(['traffic', '--json']);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(json(run)).toEqual(await get('/simulation/traffic'));
});

test('makes payments, shows how far it is, and says what became of it', async () => {
  const before = await get('/summary');
  const args = ['--preset', 'card_testing', '--rate', '50', '--for', '4s', '--seed', '7'];
  const run = await cli.run(['traffic', ...args]);
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/^Status {2,}finished$/m);
  expect(run.stdout).toMatch(/^Sent {2,}200 of 200$/m);
  expect(run.stdout).toMatch(/^Labels {2,}legitimate \d+, card_testing \d+$/m);
  expect(run.stdout).toMatch(/^Seed {2,}7$/m);
  // Without a terminal: lines as it goes on, and nothing that moves a cursor.
  expect(lines(run.stderr).length).toBeGreaterThan(2);
  expect(lines(run.stderr).at(-1)).toMatch(/^200 of 200, \d+ a second$/);
  expect(run.stderr).not.toContain('\u001b');
  const after = await get('/summary');
  expect(Number(after['total']) - Number(before['total'])).toBe(200);
});

test('has one JSON document with --json: the run as it ended', async () => {
  const args = [
    '--mix',
    'shopping=9',
    '--mix',
    'account_takeover=1',
    '--rate',
    '40',
    '--for',
    '2s',
  ];
  const run = await cli.run(['traffic', ...args, '--json']);
  expect(run.code).toBe(0);
  expect(json(run)).toMatchObject({
    preset: null,
    mix: { shopping: 9, account_takeover: 1 },
    status: 'finished',
    sent: 80,
    accepted: 80,
  });
  expect((await get('/simulation/traffic'))['last']).toEqual(json(run));
});

test.each(['SIGINT', 'SIGTERM'] as const)('stops the run on %s, and says so', async (signal) => {
  const child = cli.start(['traffic', '--preset', 'quiet_shop', '--rate', '50', '--for', '1h']);
  const over = ended(child);
  await until(async () => Number((await running())?.['accepted'] ?? 0) > 20);
  child.kill(signal);
  const run = await over;
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/^Status {2,}stopped$/m);
  expect(run.stdout).toMatch(/^Sent {2,}\d+ of 180,000$/m);
  expect(await running()).toBeNull();
});

test('says what stops it from elsewhere: another run, a reset', async () => {
  const child = cli.start(['traffic', '--preset', 'quiet_shop', '--for', '1h']);
  const over = ended(child);
  await until(async () => (await running()) !== null);
  const second = await cli.run(['traffic', '--preset', 'quiet_shop']);
  expect(second).toMatchObject({ code: 1, stdout: '' });
  expect(second.stderr).toContain('Traffic is running (409 traffic_running)');
  await fetch(`${server.url}/admin/reset`, { method: 'DELETE' });
  expect((await over).stdout).toMatch(/^Status {2,}stopped$/m);
});

test('says that webhooks cannot be late where there are none', async () => {
  const run = await cli.run(['traffic', '--preset', 'slow_webhooks', '--for', '1s']);
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('There is no webhook endpoint, so nothing will be late');
});

test.each([
  [['--preset', 'card_tester'], 1, '/preset: must be one of quiet_shop, black_friday'],
  [['--mix', 'shoping=1'], 1, '/mix/shoping: is no field here; did you mean shopping?'],
  [['--mix', 'shopping=0'], 1, '/mix: must give some scenario a weight above zero'],
  [['--rate', '501'], 1, '/rate: must be <= 500'],
  [['--rate', 'fast'], 2, 'It must be a number such as 20 or 0.5.'],
  [['--rate', '-5'], 2, 'It must be a number such as 20 or 0.5.'],
  [['--for', '2d'], 2, 'It must be like 90s, 10m, 2h or 1d, and 1d at the most.'],
  [['--seed', '1.5'], 2, 'It must be a whole number from 0 to 4294967295.'],
  [['--mix', 'shopping'], 2, 'It must be like key=value.'],
  [['--mix', 'shopping=much'], 2, '--mix shopping: the weight must be a number such as 3 or 0.5'],
])('refuses %j', async (args, code, expected) => {
  const run = await cli.run(['traffic', ...args]);
  expect(run).toMatchObject({ code, stdout: '' });
  expect(run.stderr).toContain(expected);
  expect(await running()).toBeNull();
});

test('says when the server goes away, and when it is not there', async () => {
  const other = await startServer({ database: join(folder, 'other.db') });
  const child = cli.start(['traffic', '--rate', '5', '--for', '1h', '--url', other.url]);
  const over = ended(child);
  await until(async () => {
    const answer = await fetch(`${other.url}/simulation/traffic`);
    return ((await answer.json()) as { running: unknown }).running !== null;
  });
  await other.end('SIGTERM');
  const run = await over;
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('; asking again.');
  expect(run.stderr).toContain(`cannot reach ${other.url}`);

  const absent = await cli.run(['traffic', '--url', other.url]);
  expect(absent).toMatchObject({ code: 3, stdout: '' });
});
