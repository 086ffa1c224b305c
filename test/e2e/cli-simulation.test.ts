/** The commands about how the network behaves (cards, rules, simulation): the real program against a real server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILTIN_RULES } from '../../src/adapters/rules/builtin.ts';
import { TEST_CARDS } from '../../src/core/test-cards.ts';
import { commandLine, type Json, json, lines, withStranger } from '../support/cli.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-cli-'));
const cli = commandLine(folder, () => ({ FARTHING_URL: server.url }));
let server: ServerProcess & { url: string };

beforeAll(async () => {
  server = await startServer({
    database: join(folder, 'main.db'),
    environment: { PROCESSING_DELAY_MS: '20', FAILURE_RATE: '0' },
  });
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true });
});

/** A file in the folder where the commands run. */
function file(name: string, content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  writeFileSync(join(folder, name), text);
  return name;
}

/** The address of a server that is gone. */
async function nowhere(): Promise<string> {
  return withStranger(
    () => {},
    (gone) => gone,
  );
}

describe('a command', () => {
  test.each([
    ['cards'],
    ['rules show'],
    ['rules check'],
    ['rules set'],
    ['simulation show'],
    ['simulation set'],
  ])('%s explains itself with an example', async (command) => {
    const help = await cli.run([...command.split(' '), '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Examples?:$/m);
    expect(help.stdout).toContain('--json');
  });

  test.each([
    [['card'], 'Did you mean cards?'],
    [['rules'], 'Usage: farthing rules'],
    [['rules', 'chek'], 'Did you mean check?'],
    [['rules', 'check'], "missing required argument 'file'"],
    [['rules', 'set', 'a', 'b'], 'too many arguments'],
    [['rules', 'check', 'none.json'], 'none.json cannot be read: ENOENT'],
    [['rules', 'set', 'none.json'], 'none.json cannot be read: ENOENT'],
    [['simulation'], 'Usage: farthing simulation'],
    [['simulation', 'shw'], 'Did you mean show?'],
    [['simulation', 'set'], "missing required argument 'name=value'"],
    [['simulation', 'set', 'outage'], 'It must be like key=value.'],
    [['simulation', 'set', '=1'], 'It must be like key=value.'],
    [['simulation', 'set', 'outage=none', '--fr', '5m'], 'Did you mean --for?'],
    [['simulation', 'set', 'outage=none', '--for', '5'], 'It must be like 90s, 10m, 2h or 1d'],
    [['simulation', 'set', 'outage=none', '--for', '0s'], 'It must be like 90s, 10m, 2h or 1d'],
    [['simulation', 'set', 'outage=none', '--for', '31d'], '30d at the most'],
    [['simulation', 'set', 'outage=none', '--for', '5w'], 'It must be like 90s, 10m, 2h or 1d'],
  ])('%j is wrong usage', async (args, expected) => {
    const run = await cli.run(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(expected);
  });

  test.each([
    ['rules show'],
    ['rules set rules.json'],
    ['simulation show'],
    ['simulation set a=1'],
  ])('%s without a server ends with 3', async (command) => {
    file('rules.json', BUILTIN_RULES);
    const env = { FARTHING_URL: await nowhere() };
    const run = await cli.run([...command.split(' '), '--json'], { env });
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('nothing listens there');
  });
});

describe('farthing cards', () => {
  test('lists every test card, with no server to ask', async () => {
    const run = await cli.run(['cards'], { env: { FARTHING_URL: await nowhere() } });
    expect(run.code).toBe(0);
    const [head = '', ...rows] = lines(run.stdout);
    expect(head).toMatch(/^NUMBER +NAME +OUTCOME +WHAT HAPPENS$/);
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual(
      TEST_CARDS.map(({ number, name, outcome, description }) => [
        number,
        name,
        outcome,
        description,
      ]),
    );
    expect(run.stderr).toContain('x.51 INSUFFICIENT_FUNDS');
  });

  test('prints what the server answers with --json', async () => {
    const run = await cli.run(['cards', '--json']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const answer = await fetch(`${server.url}/test-cards`);
    expect(run.stdout).toBe(`${await answer.text()}\n`);
  });

  test('has names that can be paid with', async () => {
    const args = ['authorize', 'lost_card', '5', '--merchant', 'Shop', '--json'];
    expect(json(await cli.run(args))).toMatchObject({ failure_reason: 'LOST_CARD' });
  });
});

describe('farthing rules', () => {
  const EMPTY = { ...BUILTIN_RULES, account: [], card: [] };
  afterAll(() => cli.run(['rules', 'set', file('builtin.json', BUILTIN_RULES)]));

  test('shows them in the order in which they are asked', async () => {
    const run = await cli.run(['rules', 'show']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const [head = '', ...rows] = lines(run.stdout);
    expect(head).toMatch(/^ASKED OF +RULE +DOES +WHEN$/);
    const { invalid, account, card } = BUILTIN_RULES;
    expect(rows).toHaveLength(invalid.length + account.length + card.length);
    expect(run.stdout).toMatch(
      /^account +random_failure +decline PROCESSING_ERROR at rate\.failure +always$/m,
    );
    expect(run.stdout).toMatch(/^card +allow_list +approve +listed\.allow$/m);
    expect(run.stdout).toMatch(/^card +card_testing .*, in shadow +velocity\./m);
  });

  test('shown, checked and set again, change nothing', async () => {
    const shown = await cli.run(['rules', 'show', '--json']);
    expect(shown.stderr).toBe('');
    const name = file('same.json', shown.stdout);
    const checked = await cli.run(['rules', 'check', name]);
    expect(checked).toEqual({
      code: 0,
      stdout: 'same.json: 2 rules in invalid, 4 in account, 9 in card\n',
      stderr: '',
    });
    const set = await cli.run(['rules', 'set', name]);
    expect(set).toEqual({
      code: 0,
      stdout: 'They hold now: 2 rules in invalid, 4 in account, 9 in card.\n',
      stderr: '',
    });
    expect((await cli.run(['rules', 'set', name, '--json'])).stdout).toBe(shown.stdout);
  });

  test('that are set hold at once', async () => {
    const closed = { name: 'closed', decline: 'RULE_BLOCKED', when: 'merchant == "Closed"' };
    const lists = { block: { ips: ['192.0.2.0/24'], devices: ['d-1', 'd-2'] } };
    const name = file('closed.json', { ...EMPTY, lists, account: [closed] });
    expect((await cli.run(['rules', 'set', name])).stdout).toContain('1 in account, 0 in card');
    const made = await cli.create('--recipient', 'Closed', '--wait', '--json');
    expect(json(made)).toMatchObject({ failure_reason: 'RULE_BLOCKED' });
    const shown = await cli.run(['rules', 'show']);
    expect(shown.stderr).toBe('Listed: 3 to block, 0 to allow; see --json.\n');
    const event = lines((await cli.run(['events', '--type', 'rules.changed'])).stdout).at(-1);
    expect(event).toMatch(/^\S+Z {2}rules\.changed$/);
  });

  test.each<[string, unknown, readonly string[]]>([
    [
      'a fact that is none',
      { ...EMPTY, card: [{ name: 'a', when: 'true &&\n amout > 1', review: true }] },
      ['/card/0/when: line 2, column 2: amout is no fact; did you mean amount?'],
    ],
    [
      'many faults',
      { ...EMPTY, acount: [], account: [{ name: 'A', decline: 'NO' }] },
      [
        '/acount: is no field here; did you mean account?',
        '/account/0/name: must be in snake_case',
        '/account/0/decline: must be one of',
      ],
    ],
    ['no object', [], ['must be an object']],
    ['no JSON', '{\n  "card": [,]\n}', ['Expected a value', 'at line 2, column 12']],
    ['one key twice', '{"card": [], "card": []}', ['Expected', 'column 14']],
    ['a card number', JSON.stringify({ ...EMPTY, '4242424242424242': 1 }), ['is no field here']],
  ])('checks a file with %s, without a server', async (_, content, expected) => {
    const name = file('faulty.json', content);
    const env = { FARTHING_URL: await nowhere() };
    const run = await cli.run(['rules', 'check', name], { env });
    expect(run.code).toBe(1);
    for (const text of expected) expect(run.stdout).toContain(text);
    for (const line of lines(run.stdout)) expect(line).toMatch(/^faulty\.json: /);
    expect(run.stderr).toMatch(/^error: \d+ faults? in faulty\.json\n$/);
    expect(run.stdout + run.stderr).not.toContain('4242');

    const machine = await cli.run(['rules', 'check', name, '--json'], { env });
    expect(machine.code).toBe(1);
    const { ok, file: named, faults } = json(machine);
    expect([ok, named]).toEqual([false, 'faulty.json']);
    expect(faults).toHaveLength(lines(run.stdout).length);
  });

  test('that are faulty are refused by the server, with every fault', async () => {
    const before = await cli.run(['rules', 'show', '--json']);
    const name = file('faulty.json', {
      ...EMPTY,
      card: [{ name: 'a' }, { name: 'b', decline: 'X' }],
    });
    const run = await cli.run(['rules', 'set', name]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('Rules cannot be used (400 invalid_rules)');
    expect(run.stderr).toContain('at /card/1/decline: must be one of');
    const machine = await cli.run(['rules', 'set', name, '--json']);
    expect(machine).toMatchObject({ code: 1, stderr: '' });
    expect(json(machine)).toMatchObject({ code: 'invalid_rules' });
    expect((await cli.run(['rules', 'show', '--json'])).stdout).toBe(before.stdout);
  });

  test('that are too long for a request are pointed to RULES_FILE', async () => {
    const ips = Array.from({ length: 3_999 }, (_, index) => `2001:db8::${index.toString(16)}/128`);
    const name = file('long.json', { ...EMPTY, lists: { block: { ips } } });
    const run = await cli.run(['rules', 'check', name]);
    expect(run.code).toBe(0);
    expect(run.stderr).toBe(
      'PUT /rules takes 64 KiB; start the server with RULES_FILE=long.json instead.\n',
    );
    expect((await cli.run(['rules', 'set', name])).stderr).toContain('Body too large');
    const env = { RULES_FILE: join(folder, name) };
    const other = await startServer({ database: join(folder, 'other.db'), environment: env });
    const shown = json(await cli.run(['rules', 'show', '--json', '--url', other.url]));
    expect(shown['lists']).toMatchObject({ block: { ips } });
    await other.end('SIGTERM');
  });
});

describe('farthing simulation', () => {
  const values = async (): Promise<Json> => json(await cli.run(['simulation', 'show', '--json']));

  test('shows every setting', async () => {
    const run = await cli.run(['simulation', 'show']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { temporary: _, expires_at: __, ...settings } = await values();
    const [head = '', ...rows] = lines(run.stdout);
    expect(head).toMatch(/^NAME +VALUE +UNTIL$/);
    expect(rows.map((row) => row.trimEnd().split(/ {2,}/))).toEqual(
      Object.entries(settings).map(([name, value]) => [name, String(value)]),
    );
  });

  test('sets values of every kind, for good', async () => {
    const run = await cli.run([
      'simulation',
      'set',
      'failure_rate=0.5',
      'fraud_threshold=10000,JPY:1500000',
      'high_amount_threshold=250',
      'processing_delay_ms=20',
      'amount_tails=on',
    ]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^fraud_threshold +10000,JPY:1500000$/m);
    expect(await values()).toMatchObject({
      failure_rate: 0.5,
      fraud_threshold: '10000,JPY:1500000',
      high_amount_threshold: '250',
      processing_delay_ms: 20,
      amount_tails: true,
      temporary: [],
    });
    const back = await cli.run([
      'simulation',
      'set',
      'amount_tails=off',
      'failure_rate=0',
      '--json',
    ]);
    expect(json(back)).toMatchObject({ amount_tails: false, failure_rate: 0 });
  });

  test('sets what ends by itself', async () => {
    const askedAt = Date.now();
    const run = await cli.run(['simulation', 'set', 'outage=unavailable', '--for', '10m']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const [, until = ''] = /^outage +unavailable {2,}(\S+)$/m.exec(run.stdout) ?? [];
    expect(Date.parse(until)).toBeGreaterThanOrEqual(askedAt + 600_000);
    expect(Date.parse(until)).toBeLessThan(Date.now() + 600_001);
    const made = await cli.create('--wait', '--json');
    expect(json(made)).toMatchObject({ failure_reason: 'ISSUER_UNAVAILABLE' });
    await cli.run(['simulation', 'set', 'outage=none', '--for', '1s', '--json']);
  });

  test.each([
    [['outag=none'], '/outag: is no field here; did you mean outage?'],
    [['outage=down'], '/outage: must be one of none, unavailable, timeout'],
    [['failure_rate=2'], '/failure_rate: must be <= 1'],
    [['failure_rate=half'], '/failure_rate: must be a number'],
    [['amount_tails=maybe'], '/amount_tails: must be a boolean'],
    [['fraud_threshold=10000,ABC:1'], '/fraud_threshold: must be an amount in major units'],
    [['max_retries=5'], '/max_retries: is no field here'],
    [['processing_delay_ms=1.5'], '/processing_delay_ms: must be an integer'],
  ])('shows why the server refuses %j', async (args, expected) => {
    const run = await cli.run(['simulation', 'set', ...args]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('(400 validation_failed)');
    expect(run.stderr).toContain(expected);
    const machine = await cli.run(['simulation', 'set', ...args, '--json']);
    expect(machine).toMatchObject({ code: 1, stderr: '' });
  });

  test('and the log can be followed through changes and a reset', async () => {
    await cli.run(['reset', '--yes']);
    await cli.run(['simulation', 'set', 'processing_delay_ms=20']);
    const run = await cli.run(['events', '--follow', '--limit', '2']);
    expect(run.code).toBe(0);
    expect(lines(run.stdout).map((line) => line.replace(/^\S+ +/, ''))).toEqual([
      'data.reset',
      'simulation.changed',
    ]);
  });
});
