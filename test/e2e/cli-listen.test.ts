/**
 * `farthing listen` from outside: a real server, a real receiver, and the official library of Standard Webhooks, which
 * says whether what arrived is what it claims to be.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commandLine, ended, eventually, type Json, lines, type Run } from '../support/cli.ts';
import { type Receiver, startReceiver } from '../support/receivers.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';

const FAST = { PROCESSING_DELAY_MS: '20', FAILURE_RATE: '0' };
const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

const folder = mkdtempSync(join(tmpdir(), 'farthing-listen-'));
const config = join(folder, 'config');
const cli = commandLine(folder, () => ({ FARTHING_URL: server.url, XDG_CONFIG_HOME: config }));
const children: ChildProcessWithoutNullStreams[] = [];
let server: ServerProcess & { url: string };
let receiver: Receiver;

beforeAll(async () => {
  server = await startServer({ database: ':memory:', environment: FAST });
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await receiver.close();
});
afterAll(async () => {
  await server.end('SIGTERM');
  await endServers();
  rmSync(folder, { recursive: true });
});

interface Listener {
  /** What it has written so far. */
  readonly output: { stdout: string; stderr: string };
  /** Ends it as Ctrl-C does. */
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<Run>;
}

/** Resolves once nothing that happens is missed any more. */
async function listening(args: readonly string[], env = {}): Promise<Listener> {
  const target = receiver.url.replace('http://', '');
  const child = cli.start(['listen', '--forward-to', target, ...args], { env });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const end = ended(child);
  await eventually(() => output.stderr.includes('Forwarding '));
  return {
    output,
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return end;
    },
  };
}

function verified(index: number, secret: string): Json {
  const request = receiver.received[index];
  return new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {}) as Json;
}

describe('farthing listen', () => {
  test('forwards what happens, in order and signed, with a line for each', async () => {
    const listener = await listening(['--secret', SECRET]);
    const id = await cli.createdId();
    await eventually(() => lines(listener.output.stdout).length === 3);
    const run = await listener.stop();
    expect(run.code).toBe(0);
    expect(run.stderr).toContain(`Signing with ${SECRET}`);
    const types = ['payment.created', 'payment.processing', 'payment.succeeded'];
    for (const [index, type] of types.entries()) {
      expect(verified(index, SECRET)).toMatchObject({ type, data: { payment_id: id } });
      expect(lines(run.stdout)[index]).toMatch(
        new RegExp(`^\\d{4}-[-\\dT:.]+Z {2}${type} +${id} {2}→ 204 \\[\\d+ ms\\]$`),
      );
    }
    expect(new Set(lines(run.stdout).map((line) => line.indexOf('→'))).size).toBe(1);
  });

  test('sends the bytes that the server would send itself', async () => {
    const farEnd = await startReceiver();
    const added = await cli.run(['webhooks', 'add', farEnd.url, '--events', 'payment.*', '--json']);
    const { id, secret } = JSON.parse(added.stdout) as { id: string; secret: string };
    const listener = await listening(['--secret', secret]);
    await cli.createdId('--metadata', '2=b', '--metadata', '1=ä\u2028');
    await eventually(() => farEnd.received.length === 3 && receiver.received.length === 3);
    await listener.stop();
    const told = (one: Receiver) =>
      new Map(one.received.map(({ id: event, body }) => [event, body]));
    expect(told(receiver)).toEqual(told(farEnd));
    await cli.run(['webhooks', 'delete', id]);
    await farEnd.close();
  });

  test('forwards the events that were asked for, as the payment alone', async () => {
    const events = ['--events', 'payment.succeeded, payment.failed', '--payload', 'payment'];
    const listener = await listening(['--secret', SECRET, ...events, '--json']);
    const id = await cli.createdId('--outcome', 'STOLEN_CARD');
    const other = await cli.createdId();
    await eventually(() => lines(listener.output.stdout).length === 2);
    const run = await listener.stop('SIGTERM');
    expect(run.code).toBe(0);
    expect(lines(run.stdout).map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'payment.failed', payment_id: id, status_code: 204, error: null, again: false },
      { type: 'payment.succeeded', payment_id: other, status_code: 204 },
    ]);
    expect(receiver.received).toHaveLength(2);
    expect(verified(0, SECRET)).toMatchObject({ payment_id: id, status: 'FAILED' });
  });

  test('goes on after failures, and follows no redirect', async () => {
    const answers = [
      (response: { socket: { destroy(): void } | null }) => response.socket?.destroy(),
      (response: { writeHead(status: number, headers: object): { end(): void } }) =>
        response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end(),
      (response: { writeHead(status: number): { end(): void } }) => response.writeHead(500).end(),
    ];
    receiver.behave((_, response) => answers[receiver.received.length - 1]?.(response));
    const listener = await listening(['--secret', SECRET]);
    await cli.createdId();
    await eventually(() => lines(listener.output.stdout).length === 3);
    const { stdout } = await listener.stop();
    const results = lines(stdout).map((line) => /→ (.*) \[\d+ ms\]$/.exec(line)?.[1]);
    expect(results).toEqual(['the connection broke', '302', '500']);
    expect(receiver.received).toHaveLength(3);
  });

  test('ends at once while a receiver does not answer', async () => {
    receiver.behave(() => {});
    const listener = await listening(['--secret', SECRET]);
    await cli.createdId();
    await eventually(() => receiver.received.length === 1);
    const run = await listener.stop();
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('→ stopped before an answer came');
  });

  test('goes on over a restart of the server without a gap', async () => {
    const database = join(folder, 'restarted.db');
    const first = await startServer({ database, environment: FAST });
    const env = { FARTHING_URL: first.url };
    const pay = async () => {
      const url = ['--url', first.url];
      return JSON.parse((await cli.create('--wait', '--json', ...url)).stdout) as Json;
    };
    const listener = await listening(['--secret', SECRET], env);
    await pay();
    await eventually(() => receiver.received.length === 3);
    await first.end('SIGTERM');
    await eventually(() => listener.output.stderr.includes('The connection is lost'));
    const environment = { ...FAST, PORT: new URL(first.url).port };
    const second = await startServer({ database, environment });
    await pay();
    await eventually(() => receiver.received.length >= 6);
    const run = await listener.stop();
    expect(run.stderr).toContain('The connection is back.');
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(6);
    expect(receiver.received).toHaveLength(6);
    await second.end('SIGTERM');
  });

  test('says that the log was reset, and forwards the new one', async () => {
    const listener = await listening(['--secret', SECRET, '--events', 'payment.succeeded']);
    await cli.createdId();
    await eventually(() => receiver.received.length === 1);
    await cli.run(['reset', '--yes']);
    await eventually(() => listener.output.stderr.includes('a new log began'));
    const id = await cli.createdId();
    await eventually(() => receiver.received.length === 2);
    await listener.stop();
    expect(verified(1, SECRET)).toMatchObject({ data: { payment_id: id } });
  });
});

describe('the secret of farthing listen', () => {
  const printed = (args: readonly string[] = [], env = {}) =>
    cli.run(['listen', '--print-secret', ...args], { env });

  test('is made once, and is what it signs with', async () => {
    const [first, second] = await Promise.all([printed(), printed()]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^whsec_[\w+/=]{44}\n$/);
    expect(second.stdout).toBe(first.stdout);
    expect(existsSync(join(config, 'farthing', 'listen-secret'))).toBe(true);
    const listener = await listening([]);
    await cli.createdId();
    await eventually(() => receiver.received.length === 3);
    await listener.stop();
    expect(verified(0, first.stdout.trim())).toMatchObject({ type: 'payment.created' });
    expect(() => verified(0, SECRET)).toThrow('No matching signature');
  });

  test('is WEBHOOK_SECRET where there is one, and --secret before that', async () => {
    const env = { WEBHOOK_SECRET: SECRET };
    expect((await printed([], env)).stdout).toBe(`${SECRET}\n`);
    const other = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const run = await printed(['--secret', other, '--json'], env);
    expect(JSON.parse(run.stdout)).toEqual({ secret: other });
  });

  test('that is none is refused without repeating it', async () => {
    const run = await printed([], { WEBHOOK_SECRET: 'hunter2' });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toBe(
      'error: WEBHOOK_SECRET must be whsec_ and the base64 of 24 to 64 bytes\n',
    );
  });
});

describe('farthing listen refuses', () => {
  test.each([
    [[], "required option '--forward-to <url>'"],
    [['--forward-to', '/hook'], 'like 3000/webhooks'],
    [['--forward-to', '3000', '--events', 'payment.suceeded'], 'did you mean payment.succeeded?'],
    [['--forward-to', '3000', '--payload', 'raw'], 'Allowed choices are envelope, payment'],
  ])('%j', async (args, expected) => {
    const run = await cli.run(['listen', ...args]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(expected);
  });

  test('a server that is not there', async () => {
    const gone = await startReceiver();
    await gone.close();
    const run = await cli.run(['listen', '--forward-to', '3000', '--secret', SECRET], {
      env: { FARTHING_URL: new URL(gone.url).origin },
    });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('nothing listens there');
  });

  test('a server that is another one', async () => {
    const run = await cli.run(['listen', '--forward-to', '3000', '--secret', SECRET], {
      env: { FARTHING_URL: receiver.url },
    });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('is --url right?');
  });
});
