/** `farthing webhooks` and `farthing events resend` from outside: real servers, real receivers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commandLine, eventually, type Json, json, lines, type Run } from '../support/cli.ts';
import { type Receiver, startReceiver } from '../support/receivers.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';

const FAST = { PROCESSING_DELAY_MS: '20', FAILURE_RATE: '0' };
const UNKNOWN_ID = 'we_00000000000000000000000000000000';

const folder = mkdtempSync(join(tmpdir(), 'farthing-webhooks-'));
const database = join(folder, 'main.db');
const cli = commandLine(folder, () => ({
  FARTHING_URL: server.url,
  DATABASE_URL: `sqlite:${database}`,
}));
let server: ServerProcess & { url: string };
let receiver: Receiver;

beforeAll(async () => {
  server = await startServer({ database, environment: FAST });
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  const { data } = json(await webhooks('list', '--json')) as { data: { id: string }[] };
  for (const { id } of data) await webhooks('delete', id);
  await receiver.close();
});
afterAll(async () => {
  await server.end('SIGTERM');
  await endServers();
  rmSync(folder, { recursive: true });
});

function webhooks(...args: string[]): Promise<Run> {
  return cli.run(['webhooks', ...args]);
}

/** An endpoint at the receiver. */
async function added(...more: string[]): Promise<{ id: string; secret: string }> {
  const run = await webhooks('add', receiver.url, ...more, '--json');
  return json(run) as { id: string; secret: string };
}

async function deliveries(...filter: string[]): Promise<Json[]> {
  return json(await webhooks('deliveries', '--json', ...filter))['data'] as Json[];
}

describe('an endpoint', () => {
  test('is added, with its secret shown once', async () => {
    const events = ['--events', 'payment.succeeded,payment.failed', '--description', 'my shop'];
    const run = await webhooks('add', receiver.url, ...events, '--payload', 'payment');
    expect(run.code).toBe(0);
    expect(run.stderr).toBe('The secret is not shown again: keep it now.\n');
    const [, id = ''] = /^Endpoint {2,}(we_\w+)$/m.exec(run.stdout) ?? [];
    const [, secret = ''] = /^Secret {2,}(whsec_\S+)$/m.exec(run.stdout) ?? [];
    const payment = await cli.createdId();
    await eventually(() => receiver.received.length === 1);
    const [sent] = receiver.received;
    expect(new Webhook(secret).verify(sent?.body ?? '', sent?.headers ?? {})).toMatchObject({
      payment_id: payment,
      status: 'SUCCESS',
    });
    const [shown, machine] = await Promise.all([
      webhooks('get', id),
      webhooks('get', id, '--json'),
    ]);
    for (const { stdout } of [shown, machine]) expect(stdout).not.toContain('whsec_');
    expect(shown.stdout).toMatch(/^Events {2,}payment\.succeeded, payment\.failed$/m);
    expect(json(machine)).toMatchObject({ id, payload: 'payment', description: 'my shop' });
  });

  test('is listed with what waits and what went', async () => {
    const none = await webhooks('list');
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toContain('farthing webhooks add <url>');
    const { id } = await added('--events', 'payment.*');
    await cli.createdId();
    await eventually(() => receiver.received.length === 3);
    // The answers are with us a moment before they are written down there.
    const listed = async () => (await webhooks('list')).stdout;
    while (!/ 3 +0 +0 {2}http/.test(await listed()));
    const [head, row] = lines(await listed());
    expect(head).toMatch(/^ENDPOINT +STATE +EVENTS +DELIVERED +WAITING +DEAD +URL$/);
    expect(row).toMatch(
      new RegExp(`^${id} {2}enabled +payment\\.\\* +3 +0 +0 {2}${receiver.url}$`),
    );
  });

  test('is changed, paused, and goes on', async () => {
    const { id } = await added();
    const changed = await webhooks('update', id, '--ordering', 'strict', '--events', 'payment.*');
    expect(changed.code).toBe(0);
    expect(changed.stdout).toMatch(/^Ordering {2,}strict$/m);
    expect((await webhooks('pause', id)).stdout).toMatch(/^State {2,}paused$/m);
    await cli.createdId();
    const test_ = await webhooks('test', id);
    expect(test_.code).toBe(1);
    expect(test_.stderr).toBe('error: the example was not sent: is the endpoint paused?\n');
    expect(receiver.received).toHaveLength(0);
    const resumed = await webhooks('resume', id, '--json');
    expect(json(resumed)).toMatchObject({ enabled: true, events: ['payment.*'] });
    await eventually(() => receiver.received.length === 4);
    const nothing = await webhooks('update', id);
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toContain('must change something');
  });

  test('gets another secret, and signs with both', async () => {
    const { id, secret } = await added();
    const run = await webhooks('rotate', id, '--json');
    const next = String(json(run)['secret']);
    expect(next).not.toBe(secret);
    expect((await webhooks('test', id)).code).toBe(0);
    const [sent] = receiver.received;
    for (const one of [secret, next]) {
      expect(new Webhook(one).verify(sent?.body ?? '', sent?.headers ?? {})).toMatchObject({
        type: 'payment.succeeded',
      });
    }
    expect((await webhooks('get', id)).stdout).toMatch(
      /^Rotating {2,}the secret before signs too/m,
    );
  });

  test('is tested with an example of a type, and what came back is shown', async () => {
    const { id } = await added();
    receiver.behave((_, response) => void response.writeHead(503).end('not\u001b[2J now'));
    const failed = await webhooks('test', id, '--type', 'payment.failed');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/^Attempts {2,}\S+Z {2}503 .*\[\d+ ms\]$/m);
    expect(failed.stdout).toMatch(/^not\\u001b\[2J now$/m);
    expect(failed.stderr).toBe('error: the example did not arrive\n');
    expect(receiver.received[0]?.body).toMatch(/^\{"type":"payment\.failed"/);
    const unknown = await webhooks('test', id, '--type', 'payment.fialed');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('payment.failed');
  });

  test('is broken on purpose, and mended', async () => {
    const { id } = await added();
    const broken = await webhooks('faults', id, 'drop=next:1', 'delay=0.25', '--delay-ms', '10');
    expect(broken.stdout).toMatch(/^Faults {2,}drop the next 1\n {2,}delay at 0\.25, by 10 ms$/m);
    const dropped = await webhooks('test', id);
    expect(dropped.code).toBe(1);
    expect(dropped.stdout).toMatch(/^Attempts .*\(drop\)$/m);
    const off = json(await webhooks('faults', id, 'delay=off', '--json'));
    expect(Object.keys(off['faults'] as Json)).toEqual(['drop']);
    expect(json(await webhooks('faults', id, '--clear', '--json'))).toMatchObject({ faults: {} });
    expect((await webhooks('test', id)).code).toBe(0);
  });

  test('is taken away', async () => {
    const { id } = await added();
    const run = await webhooks('delete', id);
    expect(run).toEqual({ code: 0, stdout: `Deleted ${id}.\n`, stderr: '' });
    const again = await webhooks('delete', id, '--json');
    expect(again).toMatchObject({ code: 1, stderr: '' });
    expect(json(again)).toMatchObject({ code: 'webhook_endpoint_not_found' });
  });

  test.each([
    [['add', 'ftp://shop.test'], 1, 'must be an http or https address'],
    [['add', '/sinks/x', '--events', 'payment.suceeded'], 2, 'did you mean payment.succeeded?'],
    [['add', '/sinks/x', '--ordering', 'loose'], 2, 'Allowed choices are none, strict'],
    [['get', '../livez'], 2, 'It must be an id'],
    [['faults', UNKNOWN_ID], 2, 'give faults such as drop=0.1, or --clear'],
    [['faults', UNKNOWN_ID, 'drop=1', '--clear'], 2, 'give faults such as drop=0.1, or --clear'],
    [['faults', UNKNOWN_ID, 'drop=7'], 2, 'a rate from 0 to 1'],
    [['faults', UNKNOWN_ID, 'drop=1'], 1, 'webhook_endpoint_not_found'],
    [['replay', UNKNOWN_ID], 2, "say from where: '--from', '--after', or '--all'"],
    [['replay', UNKNOWN_ID, '--from', 'noon'], 2, 'It must be like 2026-02-26T10:00:00Z'],
    [['replay', UNKNOWN_ID, '--all'], 1, 'webhook_endpoint_not_found'],
    [['resend', 'del_999999'], 1, 'webhook_delivery_not_found'],
    [['deliveries', '--status', 'deat'], 1, 'did you mean dead?'],
    [['deliveries', '--limit', '0'], 2, 'whole number from 1 to 100'],
  ])('is not there for %j', async (args, code, expected) => {
    const run = await webhooks(...args);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(expected);
  });
});

describe('a delivery', () => {
  test('is listed and shown with every attempt', async () => {
    const { id } = await added('--events', 'payment.succeeded');
    const payment = await cli.createdId();
    await eventually(() => receiver.received.length === 1);
    while ((await deliveries('--status', 'delivered', '--endpoint', id)).length === 0);
    const run = await webhooks('deliveries', '--payment', payment, '--type', 'payment.*');
    const [head, row = '', ...others] = lines(run.stdout);
    expect(head).toMatch(/^DELIVERY +TYPE +STATUS +ATTEMPTS +CREATED +NEXT +ENDPOINT +EVENT$/);
    expect(row).toMatch(
      new RegExp(`^del_\\d+ +payment\\.succeeded +delivered +1 .* ${id} +evt_\\w+$`),
    );
    expect(others).toEqual([]);
    const shown = await webhooks('delivery', row.split(' ', 1)[0] ?? '');
    expect(shown.stdout).toMatch(/^Attempts {2,}\S+Z {2}204 \[\d+ ms\]$/m);
    const none = await webhooks('deliveries', '--status', 'dead');
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'No deliveries here.\n' });
  });

  test('is sent again with the same id and the same bytes', async () => {
    await added('--events', 'payment.succeeded');
    const payment = await cli.createdId();
    await eventually(() => receiver.received.length === 1);
    const [delivery] = await deliveries('--payment', payment);
    const run = await webhooks('resend', String(delivery?.['id']), '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(json(run)).toMatchObject({ status: 'delivered', attempt_count: 2 });
    const [first, second] = receiver.received;
    expect(second?.id).toBe(first?.id);
    expect(second?.body).toBe(first?.body);
    receiver.behave((_, response) => void response.writeHead(500).end());
    const failed = await webhooks('resend', String(delivery?.['id']));
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/^Status {2,}failing$/m);
    expect(failed.stderr).toBe('error: the delivery did not arrive\n');
  });

  test('is made of what is older than its endpoint by a replay', async () => {
    const payments = [await cli.createdId(), await cli.createdId()];
    const { id } = await added();
    const only = ['--events', 'payment.succeeded'];
    const old = await webhooks('replay', id, '--to', '2020-01-01T00:00:00Z', '--all', ...only);
    expect(old).toMatchObject({ code: 0, stdout: '0 deliveries are due now.\n' });
    const run = await webhooks('replay', id, '--from', '1h', ...only, '--json');
    expect(run.code).toBe(0);
    const [answer = '{}', ...others] = lines(run.stdout);
    expect(others).toEqual([]);
    const { replayed } = JSON.parse(answer) as { replayed: number };
    await eventually(() => receiver.received.length === replayed);
    const sent = receiver.received.map(({ body }) => JSON.parse(body) as { data: Json });
    expect(sent.map(({ data }) => data['payment_id'])).toEqual(expect.arrayContaining(payments));
  });
});

describe('farthing events', () => {
  test('list is what events is', async () => {
    await cli.createdId();
    const [short, long] = await Promise.all([
      cli.run(['events', '--limit', '3']),
      cli.run(['events', 'list', '--limit', '3']),
    ]);
    expect(lines(short.stdout)).toHaveLength(3);
    expect(long).toEqual(short);
  });

  test('resend sends one event to everybody who had it', async () => {
    const other = await startReceiver();
    const { id } = await added('--events', 'payment.succeeded');
    await webhooks('add', other.url, '--events', 'payment.succeeded');
    const payment = await cli.createdId();
    await eventually(() => receiver.received.length === 1 && other.received.length === 1);
    const [sent] = receiver.received;
    const event = sent?.id ?? '';
    const run = await cli.run(['events', 'resend', event]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(lines(run.stdout)).toHaveLength(2);
    for (const line of lines(run.stdout)) {
      expect(line).toMatch(/^del_\d+ {2}we_\w+ {2}delivered {2}\S+Z {2}204 \[\d+ ms\]$/);
    }
    expect(other.received[1]).toMatchObject({ id: event, body: sent?.body });
    const one = await cli.run(['events', 'resend', event, '--endpoint', id, '--json']);
    expect(lines(one.stdout).map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { endpoint_id: id, payment_id: payment, attempt_count: 3 },
    ]);
    await other.close();
    const half = await cli.run(['events', 'resend', event]);
    expect(half.code).toBe(1);
    expect(half.stderr).toBe('error: 1 of 2 deliveries did not arrive\n');
  });

  test.each([
    [['events', 'resend', 'evt_0_1'], 1, 'was never to be sent to any endpoint'],
    [['events', 'resend'], 2, "missing required argument 'id'"],
    [['events', 'resend', '../x'], 2, 'It must be an id'],
    [['events', 'rsend'], 2, 'too many arguments'],
  ])('refuses %j', async (args, code, expected) => {
    const run = await cli.run(args);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(expected);
  });
});

describe('the endpoint of WEBHOOK_URL', () => {
  test('has its secret shown where the file of the server can be read', async () => {
    const url = `sqlite:${join(folder, 'environment.db')}`;
    const environment = { ...FAST, WEBHOOK_URL: receiver.url };
    const other = await startServer({ database: url, environment });
    const env = { FARTHING_URL: other.url, DATABASE_URL: url };
    const run = await cli.run(['webhooks', 'list'], { env });
    expect(run.code).toBe(0);
    const [, id = '', secret = ''] =
      /^The secret of (we_\w+) .*: (whsec_\S+)$/m.exec(run.stderr) ?? [];
    expect(run.stdout).toContain(id);
    const sent = await cli.run(['webhooks', 'test', id], { env });
    expect(sent.code).toBe(0);
    const [request] = receiver.received;
    const body = new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {});
    expect(body).toHaveProperty('payment_id');
    // Beside another database, or with --json, it is not.
    const elsewhere = await cli.run(['webhooks', 'list'], { env: { FARTHING_URL: other.url } });
    expect(elsewhere.stderr).toContain(`The secret of ${id} (WEBHOOK_URL) is WEBHOOK_SECRET where`);
    const machine = await cli.run(['webhooks', 'list', '--json'], { env });
    expect(machine.stdout + machine.stderr + elsewhere.stderr).not.toContain('whsec_');
    await other.end('SIGTERM');
  });
});
