/** `farthing authorize` and `farthing reset` from outside: the real program against a real server. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commandLine,
  ended,
  type Json,
  json,
  lines,
  type Run,
  withStranger,
} from '../support/cli.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { databaseUrl, isPostgres, queryAt } from '../support/store.ts';

/** Passes the Luhn check and is no test card. */
const NUMBER = '4000002760003184';
const CALM = { RANDOM_DECLINE_RATE: '0', HIGH_AMOUNT_DECLINE_RATE: '0', FAILURE_RATE: '0' };

const folder = mkdtempSync(join(tmpdir(), 'farthing-authorize-'));
const database = join(folder, 'main.db');
const cli = commandLine(folder, () => ({ FARTHING_URL: server.url }));
let server: ServerProcess & { url: string };

beforeAll(async () => {
  server = await startServer({ database, environment: CALM });
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true });
});

function authorize(...args: string[]): Promise<Run> {
  return cli.run(['authorize', ...args, '--merchant', 'Coffee Shop']);
}

/** With these bytes on standard input. */
function authorizePiped(input: string, ...args: string[]): Promise<Run> {
  const child = cli.start(['authorize', '-', ...args, '--merchant', 'Coffee Shop']);
  child.stdin.end(input);
  return ended(child);
}

async function transaction(id: unknown): Promise<Json> {
  const response = await fetch(`${server.url}/transaction/${String(id)}`);
  return (await response.json()) as Json;
}

describe('farthing authorize', () => {
  test('shows what was decided, and from what', async () => {
    const run = await authorize(NUMBER, '12.50', 'EUR', '--device', 'd-1', '--ip', '100.64.0.1');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Transaction {2,}[0-9a-f-]{36}$/m);
    expect(run.stdout).toMatch(/^Status {2,}Approved$/m);
    expect(run.stdout).toMatch(/^Score {2,}0\.\d+ \(normal\)$/m);
    expect(run.stdout).toMatch(
      /^Made of {2,}device_trust +0\.\d+\n +ip_risk +0\.\d+\n +amount +0\.0/m,
    );
    expect(run.stdout).toMatch(
      /^Features {2,}spending_velocity +0\n +device_trust_score +0\.\d+$/m,
    );
    expect(run.stdout).not.toMatch(/^Reason/m);
  });

  test('sends what was asked for, and prints the answer as it came with --json', async () => {
    const more = ['--channel', 'mobile', '--device', 'd-2', '--json'];
    const run = await authorize(NUMBER, '9.90', 'chf', ...more);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const answer = json(run);
    expect(answer).toMatchObject({
      status: 'Approved',
      contributions: { spending_velocity: 0.0125 },
    });
    expect(await transaction(answer['transaction_id'])).toMatchObject({
      card_last4: '3184',
      amount: 9.9,
      currency: 'CHF',
      merchant: 'Coffee Shop',
      channel: 'mobile',
      device_id: 'd-2',
    });
  });

  test('takes the name of a test card, and a declined card is no error', async () => {
    const [run, spelled] = await Promise.all([
      authorize('insufficient_funds', '5'),
      authorize('Insufficient-Funds', '5', '--json'),
    ]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Status {2,}Declined$/m);
    expect(run.stdout).toMatch(
      /^Reason {2,}INSUFFICIENT_FUNDS: The account has too little money for this payment\.$/m,
    );
    expect(json(spelled)).toMatchObject({ failure_reason: 'INSUFFICIENT_FUNDS' });
    expect(await transaction(json(spelled)['transaction_id'])).toMatchObject({ currency: 'GBP' });
  });

  test('ends with the outcome that was asked for', async () => {
    const run = await authorize(NUMBER, '5', '--simulate', 'STOLEN_CARD', '--json');
    expect(json(run)).toMatchObject({ status: 'Declined', failure_reason: 'STOLEN_CARD' });
    const wrong = await authorize(NUMBER, '5', '--simulate', 'STOLEN');
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('/simulate/outcome: must be one of APPROVE');
  });

  test.each([
    ['one line', `${NUMBER}\n`],
    ['no end of line', NUMBER],
    ['groups, and lines behind it', '4000 0027-6000 3184\r\nnot read\n'],
  ])('reads the number from standard input: %s', async (_, input) => {
    const run = await authorizePiped(input, '5', '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(await transaction(json(run)['transaction_id'])).toMatchObject({ card_last4: '3184' });
  });

  test.each(['', '\n4000002760003184\n', 'insufficient_funds', '4'.repeat(100)])(
    'sends nothing for %j on standard input',
    async (input) => {
      const run = await authorizePiped(input, '5');
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toContain('12 to 19 digits');
    },
  );

  test('does it once under one key', async () => {
    const key = ['--idempotency-key', 'card-1', '--json'];
    const first = await authorize(NUMBER, '7', ...key);
    const second = await authorize(NUMBER, '7', ...key);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain('This key was used before');
  });

  test.each([
    [['40000027', '5'], 'a card is 12 to 19 digits, the name of a test card'],
    [['4000002760003184x', '5'], 'a card is 12 to 19 digits'],
    [['insuficient_funds', '5'], 'Did you mean insufficient_funds?'],
    [['nothing_like_it', '5'], 'The test cards are visa, '],
    [['visa', 'five'], 'must be a decimal number'],
    [['visa'], "missing required argument 'amount'"],
  ])('does not ask the server about %j', async (args, expected) => {
    const run = await authorize(...args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(expected);
  });

  test('shows why the server refuses', async () => {
    const [run, machine] = await Promise.all([
      authorize('visa', '0'),
      authorize('visa', '5', 'EUU', '--json'),
    ]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('/amount: must be above zero');
    expect(machine).toMatchObject({ code: 1, stderr: '' });
    expect(json(machine)).toMatchObject({ code: 'unknown_currency' });
    const alone = await cli.run(['authorize', 'visa', '5']);
    expect(alone).toMatchObject({ code: 2, stdout: '' });
    expect(alone.stderr).toContain("'--merchant <name>' not specified");
  });

  test('never repeats the number, wherever it was typed, nor does the server', async () => {
    const groups = ['4000', '0027', '6000', '3184'];
    const debug = { env: { NODE_DEBUG: 'farthing' } };
    const runs = await Promise.all([
      authorize(NUMBER, '5'),
      authorize(NUMBER, '5', '--json'),
      authorize(NUMBER, '0'),
      authorize(...groups, '5'),
      cli.run(['authorize', '5', groups.join(' '), '--merchant', 'x'], debug),
      cli.run(['authorize', NUMBER, '--merchant', 'x'], debug),
      cli.run(['authorize', 'visa', '5', '--merchant', 'x', '--ip', NUMBER], debug),
      withStranger(
        (_, response) => response.writeHead(500).end('no'),
        (url) => cli.run(['authorize', NUMBER, '5', '--merchant', 'x', '--url', url], debug),
      ),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 1, 2, 2, 2, 0, 3]);
    const said = runs.map(({ stdout, stderr }) => stdout + stderr).join('\n') + server.output();
    expect(said.replaceAll(/\D/g, ' ')).not.toMatch(/4000 *0027 *6000 *3184/);
    expect(said).not.toMatch(/4000(, ?| )0027/);
    const url = await databaseUrl(database);
    const stored = await queryAt(url, 'select data, cause from events');
    expect(stored.length).toBeGreaterThan(0);
    expect(JSON.stringify(stored)).not.toContain(NUMBER);
    if (!isPostgres) expect(readFileSync(database).includes(NUMBER)).toBe(false);
  });
});

describe('farthing reset', () => {
  test('removes everything with --yes', async () => {
    await authorize('visa', '5');
    const run = await cli.run(['reset', '--yes']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /^Removed (the only payment|all \d+ payments)\. The log begins anew\.\n$/,
    );
    expect(json(await cli.run(['payments', 'list', '--json']))).toMatchObject({ data: [] });

    const again = await cli.run(['reset', '--yes', '--json']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(json(again)).toMatchObject({ total: 0, approved: 0, declined: 0 });
    expect(lines(again.stdout)).toHaveLength(1);
  });

  test('does nothing without a terminal and without --yes, and says what to do', async () => {
    await authorize('visa', '5');
    const child = cli.start(['reset']);
    child.stdin.end('reset\n');
    const run = await ended(child);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('farthing reset --yes');
    const { data } = json(await cli.run(['payments', 'list', '--json']));
    expect(data).toHaveLength(1);
  });

  test('says that there is no server', async () => {
    const url = await withStranger(
      () => {},
      (gone) => gone,
    );
    const run = await cli.run(['reset', '--yes', '--url', url]);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('nothing listens there');
  });
});
