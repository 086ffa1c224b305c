/**
 * The command line as people and scripts use it: the real program in a process of its own, against a real server in
 * another. Each command is asked for something right and for something wrong, and looked at from outside only:
 * stdout, stderr and the exit code. What looks into files stands in cli-checks.test.ts.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commandLine,
  ended,
  type Environment,
  eventually,
  type Json,
  json,
  lines,
  MAIN,
  withStranger,
} from '../support/cli.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';
import { addressOf } from '../support/store.ts';

const UNKNOWN_ID = '01980000-0000-7000-8000-00000000000f';
const FAST = { PROCESSING_DELAY_MS: '20', FAILURE_RATE: '0' };

const folder = mkdtempSync(join(tmpdir(), 'farthing-cli-'));
const database = join(folder, 'main.db');
const cli = commandLine(folder, () => ({
  DATABASE_URL: addressOf(database),
  FARTHING_URL: server.url,
}));
let server: ServerProcess & { url: string };

beforeAll(async () => {
  server = await startServer({ database, environment: FAST });
});
afterAll(async () => {
  await endServers();
  rmSync(folder, { recursive: true });
});

describe('farthing', () => {
  test('shows on one screen what there is', async () => {
    const [help, short] = await Promise.all([cli.run(['--help']), cli.run(['help'])]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(short.stdout).toBe(help.stdout);
    const shown = help.stdout.trimEnd().split('\n');
    expect(shown.length).toBeLessThanOrEqual(24);
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(80);
    const names = ['start', 'payments', 'authorize', 'events', 'seed', 'reset', 'ledger', 'audit'];
    const others = ['config', 'doctor', 'cards', 'rules', 'simulation'];
    for (const name of [...names, ...others, 'listen', 'trigger', 'webhooks']) {
      expect(help.stdout).toMatch(new RegExp(`(?:^| ) {2}${name} {2,}\\S`, 'm'));
    }
  });

  test.each([
    ['start'],
    ['payments create'],
    ['payments get'],
    ['payments list'],
    ['payments refund'],
    ['payments retry'],
    ['authorize'],
    ['events'],
    ['events list'],
    ['events resend'],
    ['listen'],
    ['trigger'],
    ['webhooks add'],
    ['webhooks list'],
    ['webhooks get'],
    ['webhooks update'],
    ['webhooks pause'],
    ['webhooks resume'],
    ['webhooks delete'],
    ['webhooks rotate'],
    ['webhooks test'],
    ['webhooks faults'],
    ['webhooks deliveries'],
    ['webhooks delivery'],
    ['webhooks resend'],
    ['webhooks replay'],
    ['seed'],
    ['reset'],
    ['ledger check'],
    ['audit verify'],
    ['config'],
    ['doctor'],
  ])('explains %s with an example', async (command) => {
    const help = await cli.run([...command.split(' '), '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Examples?:$/m);
    expect(help.stdout).toContain('--json');
    expect(help.stdout).not.toContain('--version');
  });

  test('explains a command when asked with help', async () => {
    const [help, asked] = await Promise.all([
      cli.run(['payments', 'list', '--help']),
      cli.run(['help', 'payments', 'list']),
    ]);
    expect(asked).toEqual(help);
  });

  test('knows its version', async () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as Json;
    const { stdout } = await cli.run(['--version']);
    expect(stdout).toBe(`${String(manifest['version'])}\n`);
  });

  test.each([
    [['paymnts'], 'Did you mean payments?'],
    [['payments', 'lst'], 'Did you mean list?'],
    [['events', '--folow'], 'Did you mean --follow?'],
    [['payments', 'list', '--jsn'], 'Did you mean --json?'],
    [['payments'], 'Usage: farthing payments'],
    [['ledger'], 'Usage: farthing ledger'],
    [['--json'], 'Usage: farthing'],
    [['payments', 'list', 'all'], 'too many arguments'],
    [['payments', 'get'], "missing required argument 'id'"],
    [['payments', 'create', '--amount', '5'], 'required option'],
  ])('refuses %j and says what was meant', async (args, expected) => {
    const run = await cli.run(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(expected);
  });

  test('loads the modules of the one command that is asked for', async () => {
    const hook = join(folder, 'hook.mjs');
    writeFileSync(
      hook,
      `import { registerHooks } from 'node:module';
       import { appendFileSync } from 'node:fs';
       registerHooks({ load(url, context, next) {
         appendFileSync(process.env.LOADED, url + '\\n');
         return next(url, context);
       } });`,
    );
    const loadedBy = async (...args: string[]) => {
      const list = join(folder, `loaded-${args.join('-')}.txt`);
      const env = { NODE_OPTIONS: `--import=${hook}`, LOADED: list, PORT: 'wrong' };
      await cli.run(args, { env });
      return lines(readFileSync(list, 'utf8'));
    };
    const others = ['payments list', 'events', 'webhooks list', 'config', 'doctor', 'ledger check'];
    const [serving = [], ...rest] = await Promise.all(
      ['start', ...others].map((command) => loadedBy(...command.split(' '))),
    );
    expect(serving.filter((url) => url.includes('/fastify/'))).not.toEqual([]);
    expect(
      serving.filter((url) => /cli\/(commands\/(?!start)|client|wire|follow|check)/.test(url)),
    ).toEqual([]);
    for (const urls of rest) {
      expect(urls.some((url) => url.includes('/cli/commands/'))).toBe(true);
      expect(urls.filter((url) => /\/fastify|\/pino|apps\/(server|compose)/.test(url))).toEqual([]);
    }
  });

  test('ends quietly when nobody reads on', async () => {
    await cli.createdId();
    const script = `"$NODE" "$MAIN" events --limit 500 | head -n 1`;
    const child = spawn('sh', ['-c', script], {
      cwd: folder,
      env: { ...cli.environment(), NODE: process.execPath, MAIN },
    });
    const run = await ended(child);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(lines(run.stdout)).toHaveLength(1);
  });
});

describe('farthing start', () => {
  test('prints every fault of the configuration on a line of its own', async () => {
    const env = { PORT: '99999', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql:x', HOST: '0.0.0.0' };
    const run = await cli.run(['start'], { env });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(lines(run.stderr).map((line) => line.split(' ').slice(0, 2))).toEqual([
      ['error:', 'PORT'],
      ['error:', 'DATABASE_URL'],
      ['error:', 'LOG_LEVEL'],
      ['error:', 'HOST=0.0.0.0'],
    ]);
  });

  test.each<[string, () => Environment | Promise<Environment>, RegExp]>([
    [
      'a port in use',
      () => ({ PORT: new URL(server.url).port, DATABASE_URL: 'sqlite::memory:' }),
      /^error: port \d+ is in use/,
    ],
    [
      'a database file in use',
      async () => {
        const DATABASE_URL = `sqlite:${join(folder, 'taken.db')}`;
        await startServer({ database: DATABASE_URL });
        return { PORT: '0', DATABASE_URL };
      },
      /^error: .*taken\.db is in use by another/,
    ],
    [
      'a folder that is not there',
      () => ({ DATABASE_URL: `sqlite:${folder}/no/such.db` }),
      /^error: the database file .* cannot be written/,
    ],
  ])('says %s in one line and no stack', async (_, env, expected) => {
    // No command is the same command.
    const run = await cli.run([], { env: await env() });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(expected);
    expect(lines(run.stderr)).toHaveLength(1);
  });

  test('says that .env cannot be read', async () => {
    const cwd = join(folder, 'broken');
    mkdirSync(join(cwd, '.env'), { recursive: true });
    const runs = await Promise.all(['start', 'config'].map((name) => cli.run([name], { cwd })));
    for (const run of runs) {
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(/^error: \.env cannot be read: EISDIR.*\n$/);
    }
  });
});

describe('farthing payments create', () => {
  test('makes a payment and waits for its outcome', async () => {
    const run = await cli.create(
      '--wait',
      '--description',
      'Invoice #1042',
      '--reference',
      'r-1',
      '--metadata',
      'order=42',
      '--metadata',
      'note=a=b',
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Status {2,}SUCCESS$/m);
    expect(run.stdout).toMatch(/^Amount {2,}250\.00 USD$/m);
    expect(run.stdout).toMatch(/^Recipient {2,}alice@example\.com$/m);
    expect(run.stdout).toMatch(/^Description {2,}Invoice #1042$/m);
    expect(run.stdout).toMatch(/^Metadata {2,}order=42\n {2,}note=a=b$/m);
  });

  test('prints the answer as it came with --json', async () => {
    const run = await cli.create('--json', '--delay', '0', '--outcome', 'LOST_CARD');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(json(run)).toMatchObject({ status: 'CREATED', amount: 250, currency: 'USD' });
    expect(lines(run.stdout)).toHaveLength(1);
  });

  test('ends with the outcome that was asked for, and that is no error', async () => {
    const run = await cli.create('--wait', '10', '--outcome', 'INSUFFICIENT_FUNDS');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^Reason {2,}INSUFFICIENT_FUNDS: The account has too little money/m);
  });

  test('sends exactly the digits that were typed', async () => {
    const bodies: string[] = [];
    await withStranger(
      (request, response) => {
        request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
        request.on('end', () => response.end('{}'));
      },
      async (url) => {
        for (const amount of ['250.00', '9007199254740993.10', '-0.30', '1E+2']) {
          const run = await cli.create('--amount', amount, '--url', url);
          expect(run.code).toBe(3); // `{}` is no payment
        }
      },
    );
    expect(bodies.map((body) => /"amount":([^,]+),/.exec(body)?.[1])).toEqual([
      '250.00',
      '9007199254740993.10',
      '-0.30',
      '1E+2',
    ]);
  });

  test('does it once under one key', async () => {
    const key = ['--idempotency-key', 'key-1', '--json'];
    const first = await cli.create(...key);
    const second = await cli.create(...key);
    expect(second.stdout).toBe(first.stdout);
    expect(first.stderr).toBe('');
    expect(second.stderr).toContain('This key was used before');
    const other = await cli.create('--amount', '1', ...key);
    expect(other.code).toBe(1);
    expect(json(other)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  test('shows text from outside without letting it drive the terminal', async () => {
    const id = await cli.createdId('--recipient', 'eve\u001b[2J\u202e', '--description', 'a\nb');
    const { stdout } = await cli.run(['payments', 'get', id]);
    expect(stdout).toMatch(/^Recipient {2,}eve\\u001b\[2J\\u202e$/m);
    expect(stdout).toMatch(/^Description {2,}a\\u000ab$/m);
  });

  test.each([
    [['--amount', '1.005'], 'Too many fraction digits (400 invalid_amount_precision)'],
    [['--currency', 'EUU'], 'Unknown currency (400 unknown_currency)'],
    [['--outcome', 'APROVE'], '/simulate/outcome: must be one of APPROVE'],
    [['--metadata', `${'k'.repeat(41)}=v`], 'Request does not fit (400 validation_failed)'],
  ])('shows why the server refuses %j', async (args, expected) => {
    const [run, machine] = await Promise.all([cli.create(...args), cli.create(...args, '--json')]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(expected);
    expect(machine).toMatchObject({ code: 1, stderr: '' });
    expect(json(machine)).toMatchObject({ status: 400 });
  });

  test.each([
    [['--amount', 'ten']],
    [['--metadata', 'novalue']],
    [['--delay', '1.5']],
    [['--wait', '31']],
    [['--idempotency-key', 'ä']],
    [['--url', 'ftp://example.com']],
    [['--api-key', 'two words']],
  ])('does not ask the server about %j', async (args) => {
    const run = await cli.create(...args, '--json');
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^error: /);
  });
});

describe('farthing payments get, list, refund, retry', () => {
  test('gets one', async () => {
    const id = await cli.createdId();
    const [run, machine, none, impossible] = await Promise.all([
      cli.run(['payments', 'get', id]),
      cli.run(['--json', 'payments', 'get', id]),
      cli.run(['payments', 'get', UNKNOWN_ID]),
      cli.run(['payments', 'get', '../livez']),
    ]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(id);
    expect(json(machine)).toMatchObject({ payment_id: id, status: 'SUCCESS' });
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('No such payment (404 payment_not_found)');
    expect(impossible.code).toBe(2);
  });

  test('lists them in aligned columns, a page at a time', async () => {
    const reference = ['--reference', 'page'];
    await cli.createdId(...reference);
    await cli.createdId(...reference, '--amount', '5', '--currency', 'JPY');
    await cli.createdId(...reference, '--outcome', 'STOLEN_CARD');
    const run = await cli.run(['payments', 'list', '--reference', 'page']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const [head = '', failed = '', yen = '', ...others] = lines(run.stdout);
    expect(head).toMatch(/^PAYMENT +AMOUNT +STATUS +REASON +CREATED +RECIPIENT$/);
    expect(failed).toMatch(/ 250\.00 USD {2}FAILED +STOLEN_CARD +\d{4}-.*Z {2}alice@example\.com$/);
    expect(yen).toMatch(/ {2,}5 JPY {2}SUCCESS /);
    expect(others).toHaveLength(1);
    expect(yen.indexOf('JPY')).toBe(failed.indexOf('USD'));

    const first = await cli.run(['payments', 'list', '--reference', 'page', '--limit', '2']);
    const [, cursor = ''] = /--cursor (\S+)/.exec(first.stderr) ?? [];
    const args = ['payments', 'list', '--reference', 'page', '--limit', '2', '--cursor', cursor];
    const second = json(await cli.run([...args, '--json']));
    expect(second['data']).toHaveLength(1);
  });

  test('lists only what was asked for', async () => {
    await cli.createdId('--recipient', 'zoe@example.com', '--outcome', 'EXPIRED_CARD');
    const listed = async (...filter: string[]) =>
      json(await cli.run(['payments', 'list', ...filter, '--json']))['data'] as Json[];
    const zoe = await listed('--search', 'zoe@');
    expect(zoe.map((payment) => payment['recipient'])).toEqual(['zoe@example.com']);
    const expired = await listed('--failure-reason', 'EXPIRED_CARD', '--status', 'FAILED');
    expect(expired).toEqual(zoe);
    const none = await cli.run(['payments', 'list', '--currency', 'CHF']);
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toBe('No payments here.\n');
  });

  test.each([
    [['--status', 'sucess'], 1, 'did you mean SUCCESS?'],
    [['--cursor', 'x'], 1, 'Cursor cannot be read'],
    [['--limit', '0'], 2, 'whole number from 1 to 100'],
    [['--limit', 'ten'], 2, 'whole number from 1 to 100'],
  ])('does not list with %j', async (args, code, expected) => {
    const run = await cli.run(['payments', 'list', ...args]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(expected);
  });

  test('refunds a part, then the rest, then nothing', async () => {
    const id = await cli.createdId();
    const part = await cli.run([
      'payments',
      'refund',
      id,
      '--amount',
      '10.50',
      '--reason',
      'broken',
    ]);
    expect(part.code).toBe(0);
    expect(part.stdout).toMatch(
      /^Refunded {2,}10\.50 USD\n {2,}10\.50 USD .* {2}re_\S+ {2}broken$/m,
    );
    const tooMuch = await cli.run(['payments', 'refund', id, '--amount', '239.51']);
    expect(tooMuch.code).toBe(1);
    expect(tooMuch.stderr).toContain('At most 239.5 USD can still be refunded');
    const key = ['--idempotency-key', 'rest', '--json'];
    const rest = await cli.run(['payments', 'refund', id, ...key]);
    expect(json(rest)).toMatchObject({ status: 'REFUNDED', amount_refunded: 250 });
    expect((await cli.run(['payments', 'refund', id, ...key])).stdout).toBe(rest.stdout);
    const again = await cli.run(['payments', 'refund', id]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('Refund not allowed now (409 refund_not_allowed)');
    expect((await cli.run(['payments', 'refund', id, '--amount', 'x'])).code).toBe(2);
  });

  test('retries what may be retried', async () => {
    const id = await cli.createdId('--outcome', 'PROCESSING_ERROR');
    const shown = await cli.run(['payments', 'get', id]);
    expect(shown.stdout).toContain('It may be retried.');
    const retried = await cli.run(['payments', 'retry', id, '--wait', '--json']);
    expect(retried.code).toBe(0);
    expect(json(retried)).toMatchObject({ status: 'FAILED', attempts: 2 });
    const well = await cli.run(['payments', 'retry', await cli.createdId()]);
    expect(well.code).toBe(1);
    expect(well.stderr).toContain('Retry not allowed now');
  });
});

describe('a server that is not there', () => {
  test.each([
    ['payments list'],
    ['payments create --amount 1 --currency USD --recipient bob'],
    [`payments get ${UNKNOWN_ID}`],
    [`payments refund ${UNKNOWN_ID}`],
    [`payments retry ${UNKNOWN_ID}`],
    ['events'],
    ['events --follow'],
    ['events resend evt_1_1'],
    ['trigger payment.created'],
    ['webhooks list'],
    ['webhooks test we_1'],
  ])('ends %s with 3', async (command) => {
    const url = await withStranger(
      () => {},
      (gone) => gone,
    );
    const run = await cli.run([...command.split(' '), '--json'], { env: { FARTHING_URL: url } });
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('nothing listens there\n  Start the server with: farthing start.');
  });

  test('is looked for at --url, then FARTHING_URL, then .env, then HOST and PORT', async () => {
    const cwd = join(folder, 'with-env');
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.env'), `FARTHING_URL=${server.url}/\n`);
    const { port } = new URL(server.url);
    const runs = await Promise.all([
      cli.run(['payments', 'list', '--url', server.url], {
        env: { FARTHING_URL: 'http://127.0.0.1:2' },
      }),
      cli.run(['payments', 'list'], { cwd, env: { FARTHING_URL: '', PORT: '2' } }),
      cli.run(['payments', 'list'], { env: { FARTHING_URL: '', PORT: port, HOST: '0.0.0.0' } }),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const unknown = await cli.run(['payments', 'list'], { env: { FARTHING_URL: '', PORT: '0' } });
    expect(unknown.code).toBe(2);
  });

  test('is told from one that is broken, and from a stranger', async () => {
    const problem = {
      title: 'Storage cannot write now',
      detail: 'The disk is full.',
      code: 'storage_unavailable',
    };
    await withStranger(
      (request, response) => {
        const path = request.url ?? '';
        if (path.endsWith('drop/refund')) request.socket.destroy();
        else if (path.endsWith('full')) response.writeHead(503).end(JSON.stringify(problem));
        else if (path.endsWith('html')) response.writeHead(502).end('<h1>Bad Gateway</h1>');
        else if (path.endsWith('moved')) response.writeHead(301, { location: '/' }).end();
        else response.end('{"data": []}');
      },
      async (url) => {
        const get = (id: string) => cli.run(['payments', 'get', id, '--url', url]);
        const full = await get('full');
        expect(full.code).toBe(3);
        expect(full.stderr).toBe(
          'error: Storage cannot write now (503 storage_unavailable)\n  The disk is full.\n',
        );
        const machine = await cli.run(['payments', 'get', 'full', '--json', '--url', url]);
        expect(machine).toMatchObject({ code: 3, stderr: '' });
        expect(json(machine)).toEqual(problem);
        for (const [id, said] of [
          ['html', 'answered 502 Bad Gateway'],
          ['moved', 'answered 301 Moved Permanently'],
          ['other', 'not one of a Farthing server'],
        ] as const) {
          const run = await get(id);
          expect(run).toMatchObject({ code: 3, stdout: '' });
          expect(run.stderr).toContain(said);
        }
        const dropped = await cli.run(['payments', 'refund', 'drop', '--url', url]);
        expect(dropped.code).toBe(3);
        expect(dropped.stderr).toContain('may have been done all the same');
      },
    );
  });
});

test('an API key is asked for, and taken from the option, the environment or .env', async () => {
  const secret = 'k'.repeat(20);
  const closed = await startServer({
    database: join(folder, 'closed.db'),
    environment: { ...FAST, API_KEYS: `all:${secret},look:ro:${'r'.repeat(20)}` },
  });
  const env = { FARTHING_URL: closed.url };
  const list = ['payments', 'list'];
  const none = await cli.run(list, { env });
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('API key needed (401 unauthorized)');
  expect(none.stderr).toContain('Give it with --api-key or in FARTHING_API_KEY.');
  const wrong = await cli.run([...list, '--api-key', 'wrong'], { env });
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).not.toContain('Give it');
  expect((await cli.run([...list, '--api-key', secret], { env })).code).toBe(0);
  expect((await cli.run(list, { env: { ...env, FARTHING_API_KEY: secret } })).code).toBe(0);
  const readOnly = ['payments', 'refund', UNKNOWN_ID, '--api-key', 'r'.repeat(20)];
  expect((await cli.run(readOnly, { env })).stderr).toContain('Key may only read');
  // Who may not look can still see that it is a Farthing server.
  const doctor = await cli.run(['doctor'], { env });
  expect(doctor.stdout).toMatch(/^ok +Port +Farthing answers at/m);
  await closed.end('SIGTERM');
});

describe('farthing events', () => {
  const LINE =
    /^\d{4}-\d\d-\d\dT[\d:.]{12}Z {2}payment\.\w+ +[0-9a-f-]{36} +[\d.]+ [A-Z]{3}( {2}[A-Z_]+)?$/;

  test('shows a page of the log in fixed columns', async () => {
    const id = await cli.createdId('--outcome', 'PROCESSING_ERROR');
    const run = await cli.run(['events', '--payment', id]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const shown = lines(run.stdout);
    expect(shown).toHaveLength(3);
    for (const line of shown) expect(line).toMatch(LINE);
    expect(shown[2]).toMatch(/payment\.failed {2,}.* {2}PROCESSING_ERROR$/);
    expect(new Set(shown.map((line) => line.indexOf(id))).size).toBe(1);

    const typed = await cli.run(['events', '--payment', id, '--type', 'payment.failed', '--json']);
    expect(json(typed)['data']).toHaveLength(1);
  });

  test('shows what a refund gave back', async () => {
    const id = await cli.createdId();
    await cli.run(['payments', 'refund', id, '--amount', '1.5']);
    const { stdout } = await cli.run(['events', '--payment', id]);
    expect(lines(stdout).at(-1)).toMatch(/payment\.partially_refunded .* 1\.50 USD$/);
  });

  test('says where the next page begins', async () => {
    await cli.createdId();
    const first = await cli.run(['events', '--limit', '2']);
    const [, cursor = ''] = /--after (\S+)/.exec(first.stderr) ?? [];
    const second = await cli.run(['events', '--limit', '1', '--after', cursor]);
    const both = await cli.run(['events', '--limit', '3']);
    expect(first.stdout + second.stdout).toBe(both.stdout);
    const none = await cli.run(['events', '--payment', UNKNOWN_ID]);
    expect(none).toEqual({ code: 0, stdout: '', stderr: 'No events here.\n' });
  });

  test.each([
    [['--type', 'payment.fialed'], 1, 'did you mean payment.failed?'],
    [['--after', 'nowhere'], 1, 'Cursor cannot be read'],
    [['--follow', '--after', 'nowhere'], 1, 'Cursor cannot be read'],
    [['--limit', '-1'], 2, 'whole number'],
    [['--new'], 2, 'goes with --follow'],
    [['--follow', '--new', '--after', 'x'], 2, 'not with --after'],
  ])('refuses %j', async (args, code, expected) => {
    const run = await cli.run(['events', ...args]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(expected);
  });

  test('has colours where they are forced, none in a pipe, and none under NO_COLOR', async () => {
    await cli.createdId();
    const args = ['events', '--limit', '1'];
    const plain = await cli.run(args, { env: { NO_COLOR: '1' } });
    const piped = await cli.run(args);
    const forced = await cli.run(args, { env: { FORCE_COLOR: '1' } });
    expect(piped.stdout).toBe(plain.stdout);
    expect(piped.stdout).not.toContain('\u001b');
    expect(forced.stdout).toContain('\u001b[');
  });

  test('follows from the beginning, one JSON document a line, as many as asked for', async () => {
    await cli.createdId();
    const run = await cli.run(['events', '--follow', '--limit', '3', '--json']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const page = json(await cli.run(['events', '--limit', '3', '--json']));
    expect(lines(run.stdout).map((line) => JSON.parse(line) as unknown)).toEqual(page['data']);
  });

  test('follows what is new until Ctrl-C, which is no error', async () => {
    const old = await cli.createdId();
    const follower = cli.start(['events', '--follow', '--new', '--type', 'payment.succeeded']);
    let seen = '';
    follower.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const hasBegun = () => seen !== '';
    const end = ended(follower);
    const made: string[] = [];
    // It has begun once it shows one of these.
    for (; !hasBegun(); made.push(await cli.createdId()));
    const last = await cli.createdId();
    await eventually(() => seen.includes(last));
    follower.kill('SIGINT');
    const run = await end;
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).not.toContain(old);
    for (const line of lines(run.stdout)) expect(line).toMatch(LINE);
    const shown = lines(run.stdout).map((line) => [...made, last].find((id) => line.includes(id)));
    expect(shown).toEqual([...made, last].slice(-shown.length));
  });

  test('goes on over a restart and a new log, and says so', async () => {
    const path = join(folder, 'restarted.db');
    const first = await startServer({ database: path, environment: FAST });
    const { port } = new URL(first.url);
    const env = { FARTHING_URL: first.url };
    const pay = (...more: string[]) =>
      cli.run(
        [
          'payments',
          'create',
          '--amount',
          '1',
          '--currency',
          'USD',
          '--recipient',
          'r',
          '--wait',
          ...more,
        ],
        { env },
      );
    await pay();
    const follower = cli.start(['events', '--follow', '--json'], { env });
    const out = { stdout: '', stderr: '' };
    follower.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
    follower.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
    const end = ended(follower);
    await eventually(() => lines(out.stdout).length === 3);

    await first.end('SIGKILL');
    await eventually(() => out.stderr.includes('The connection is lost (cannot reach'));
    const second = await startServer({ database: path, environment: { ...FAST, PORT: port } });
    await eventually(() => out.stderr.includes('The connection is back.'));
    await pay();
    await eventually(() => lines(out.stdout).length === 6);

    await second.end('SIGTERM');
    const third = await startServer({ database: ':memory:', environment: { ...FAST, PORT: port } });
    await eventually(() => out.stderr.includes('The log was reset'));
    await pay();
    await eventually(() => lines(out.stdout).length === 9);
    follower.kill('SIGTERM');
    expect((await end).code).toBe(0);
    expect(lines(out.stderr).filter((line) => line.includes('is lost'))).toHaveLength(2);
    const sequences = lines(out.stdout).map(
      (line) => (JSON.parse(line) as Json)['payment_sequence'],
    );
    expect(sequences).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    await third.end('SIGTERM');
  });
});
