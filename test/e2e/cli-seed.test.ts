/** `farthing seed` from outside: the real program against real servers, and against some that refuse. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine, ended, type Json, json, lines, withStranger } from '../support/cli.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-seed-'));
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

/** Requests as a server gets them: path and body. */
type Received = string[];

/** Runs it against a server that answers as it is told; the n-th request is asked about with its number, from 1. */
async function seedAgainst(
  answer: (response: ServerResponse, number: number) => void,
  args: readonly string[],
): Promise<{ received: Received; run: Awaited<ReturnType<typeof cli.run>> }> {
  const received: Received = [];
  const take = (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(`${request.url} ${body}`);
      answer(response, received.length);
    });
  };
  const run = await withStranger(take, (url) => cli.run(['seed', ...args, '--url', url]));
  return { received, run };
}

function approve(response: ServerResponse): void {
  response.writeHead(201).end('{"status":"Approved"}');
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  const problem = { title: 'Not now', detail: 'Ask again.', code: 'not_now' };
  response.writeHead(status, headers).end(JSON.stringify(problem));
}

test('makes as many payments as were asked for, and says what became of them', async () => {
  const before = await get('/stats');
  const run = await cli.run(['seed', '--batch-size', '300', '--seed', 'demo', '--cards', '40']);
  expect(run.code).toBe(0);
  const [, cards = '', accounts = ''] =
    /^Made {2,}300: (\d+) by card, (\d+) by account$/m.exec(run.stdout) ?? [];
  expect(Number(cards) + Number(accounts)).toBe(300);
  expect(run.stdout).toMatch(/^Per second {2,}[\d,]+ for \d+\.\d s$/m);
  expect(run.stdout).toMatch(/^Seed {2,}demo$/m);
  const after = await get('/stats');
  expect(Number(after['total']) - Number(before['total'])).toBe(Number(cards));
  const [, approved] = /^Approved {2,}(\d+)$/m.exec(run.stdout) ?? [];
  expect(Number(after['approved']) - Number(before['approved'])).toBe(Number(approved));
  // Without a terminal: a line for each tenth, and nothing that moves a cursor.
  expect(lines(run.stderr)).toHaveLength(10);
  expect(run.stderr).toMatch(/^30 of 300, [\d,]+ a second$/m);
});

test('has one JSON document with --json, and a seed of its own', async () => {
  const run = await cli.run(['seed', '--batch-size', '50', '--json']);
  expect(run.code).toBe(0);
  expect(lines(run.stdout)).toHaveLength(1);
  const summary = json(run);
  expect(summary).toMatchObject({
    asked: 50,
    made: 50,
    seed: expect.stringMatching(/^\w+$/) as string,
  });
  const parts = ['approved', 'declined', 'under_way'].map((name) => Number(summary[name]));
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(50);
});

test('sends the same requests for the same seed, byte for byte and in the same order', async () => {
  const args = ['--batch-size', '40', '--concurrency', '1', '--seed'];
  const [first, again, longer, other] = await Promise.all([
    seedAgainst(approve, [...args, 'a']),
    seedAgainst(approve, [...args, 'a']),
    seedAgainst(approve, [...args, 'a', '--batch-size', '60']),
    seedAgainst(approve, [...args, 'b']),
  ]);
  expect(first.received).toHaveLength(40);
  expect(again.received).toEqual(first.received);
  expect(longer.received.slice(0, 40)).toEqual(first.received);
  expect(other.received).not.toEqual(first.received);
});

test('has no more requests on their way than it may', async () => {
  let waiting: ServerResponse[] = [];
  let most = 0;
  const { received } = await seedAgainst(
    (response) => {
      waiting.push(response);
      most = Math.max(most, waiting.length);
      setTimeout(() => {
        waiting.forEach(approve);
        waiting = [];
      }, 20);
    },
    ['--batch-size', '60', '--concurrency', '7'],
  );
  expect(received).toHaveLength(60);
  expect(most).toBe(7);
});

test('waits as long as the server asks, sends again, and says so', async () => {
  const times: number[] = [];
  const { received, run } = await seedAgainst(
    (response, number) => {
      times.push(performance.now());
      if (number === 3) refuse(response, 429, { 'retry-after': '1' });
      else if (number === 5) refuse(response, 503);
      else approve(response);
    },
    ['--batch-size', '6', '--concurrency', '1', '--seed', 'a'],
  );
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/^Made {2,}6: /m);
  expect(received).toHaveLength(8);
  expect([received[3], received[5]]).toEqual([received[2], received[4]]);
  expect((times[3] ?? 0) - (times[2] ?? 0)).toBeGreaterThan(990);
  expect(run.stderr).toContain('Not now (429 not_now): going on in 1.0 s.');
  expect(run.stderr).toContain('Not now (503 not_now): going on in 0.');
});

test.each([
  [400, 1, 'Not now (400 not_now)'],
  [401, 1, 'Not now (401 not_now)'],
  [500, 3, 'Not now (500 not_now)'],
])('ends at the first %i, with what was made until then', async (status, code, expected) => {
  const answer = (response: ServerResponse, number: number) => {
    if (number === 5) refuse(response, status);
    else approve(response);
  };
  const args = ['--batch-size', '50', '--concurrency', '1', '--seed', 'a'];
  const { received, run } = await seedAgainst(answer, args);
  expect(received).toHaveLength(5);
  expect(run.code).toBe(code);
  expect(run.stdout).toMatch(/^Made {2,}4 of 50: /m);
  expect(run.stderr).toContain(expected);

  const machine = await seedAgainst(answer, [...args, '--json']);
  expect(machine.run.code).toBe(code);
  expect(json(machine.run)).toMatchObject({ code: 'not_now' });
  expect(machine.run.stderr).toBe('4 of 50 payments were made before that.\n');
});

test('ends with 3 when the server goes away, or was never there', async () => {
  const dropped = await seedAgainst(
    (response, number) => {
      if (number === 3) response.destroy();
      else approve(response);
    },
    ['--batch-size', '50', '--concurrency', '1'],
  );
  expect(dropped.run.code).toBe(3);
  expect(dropped.run.stdout).toMatch(/^Made {2,}2 of 50: /m);
  expect(dropped.run.stderr).toContain('may have been done all the same');
  expect(dropped.run.stderr).not.toContain('--idempotency-key');

  const url = await withStranger(
    () => {},
    (gone) => gone,
  );
  const nobody = await cli.run(['seed', '--url', url]);
  expect(nobody).toMatchObject({ code: 3, stdout: '' });
  expect(nobody.stderr).toContain('nothing listens there');
  const stranger = await seedAgainst((response) => response.writeHead(201).end('{}'), []);
  expect(stranger.run.code).toBe(3);
  expect(stranger.run.stderr).toContain('not one of a Farthing server');
});

test('ends cleanly after Ctrl-C, with the counts so far', async () => {
  const before = await get('/summary');
  const child = cli.start(['seed', '--batch-size', '1000000', '--json']);
  const end = ended(child);
  while (Number((await get('/summary'))['total']) < Number(before['total']) + 50);
  child.kill('SIGINT');
  const run = await end;
  expect(run.code).toBe(0);
  const summary = json(run);
  expect(summary).toMatchObject({ asked: 1_000_000 });
  const after = await get('/summary');
  expect(summary['made']).toBe(Number(after['total']) - Number(before['total']));
});

test('Ctrl-C ends a wait, too', async () => {
  await withStranger(
    (_, response) => refuse(response, 429, { 'retry-after': '600' }),
    async (url) => {
      const child = cli.start(['seed', '--url', url]);
      const end = ended(child);
      child.stderr.once('data', () => child.kill('SIGINT'));
      const run = await end;
      expect(run.code).toBe(0);
      expect(run.stdout).toMatch(/^Made {2,}0 of 1,000: /m);
      expect(lines(run.stderr)).toEqual(['Not now (429 not_now): going on in 600.0 s.']);
    },
  );
});

test.each([
  [['--batch-size', '0'], 'whole number from 1 to 1000000'],
  [['--batch-size', '1000001'], 'whole number from 1 to 1000000'],
  [['--concurrency', '257'], 'whole number from 1 to 256'],
  [['--cards', 'x'], 'whole number from 1 to 1000000'],
])('refuses %j', async (args, expected) => {
  const run = await cli.run(['seed', ...args]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(expected);
});
