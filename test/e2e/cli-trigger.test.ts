/** `farthing trigger` from outside: every scenario on a real server, and what it says when the event does not come. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine, type Json, json, lines, withStranger } from '../support/cli.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';
import { SCENARIOS } from '../../src/apps/cli/trigger/scenarios.ts';

/** Whatever is left to chance goes wrong. */
const UNLUCKY = {
  PROCESSING_DELAY_MS: '20',
  FAILURE_RATE: '1',
  RANDOM_DECLINE_RATE: '1',
  HIGH_AMOUNT_DECLINE_RATE: '1',
};

const folder = mkdtempSync(join(tmpdir(), 'farthing-trigger-'));
const cli = commandLine(folder, () => ({ FARTHING_URL: server.url }));
let server: ServerProcess & { url: string };

beforeAll(async () => {
  server = await startServer({ database: ':memory:', environment: UNLUCKY });
});
afterAll(async () => {
  await server.end('SIGTERM');
  await endServers();
  rmSync(folder, { recursive: true });
});

async function simulation(url: string): Promise<Json> {
  return (await (await fetch(`${url}/simulation`)).json()) as Json;
}

describe('farthing trigger', () => {
  test('lists what it can do, with a sentence for each', async () => {
    const [run, machine] = await Promise.all([
      cli.run(['trigger']),
      cli.run(['trigger', '--json']),
    ]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const [head, ...rows] = lines(run.stdout);
    expect(head).toMatch(/^SCENARIO +EVENT +WHAT IT DOES$/);
    expect(rows).toHaveLength(SCENARIOS.length);
    expect(JSON.parse(machine.stdout)).toEqual(
      SCENARIOS.map(({ name, event, does }) => ({ name, event, does })),
    );
  });

  test.each(SCENARIOS.map(({ name, event, does }) => [name, event, does]))(
    '%s says what it will do, does it, and shows the event',
    async (name, event, does) => {
      const before = await simulation(server.url);
      const run = await cli.run(['trigger', name, '--json']);
      expect(run).toMatchObject({ code: 0 });
      expect(lines(run.stderr)[0]).toBe(does);
      expect(lines(run.stderr)).toHaveLength(2);
      const events = lines(run.stdout).map((line) => JSON.parse(line) as Json);
      expect(events.map(({ type }) => type)).toContain(event);
      if (name !== 'simulation.changed') expect(await simulation(server.url)).toEqual(before);
    },
  );

  test('shows the events in fixed columns as they come', async () => {
    const run = await cli.run(['trigger', 'payment.retried']);
    const types = lines(run.stdout).map((line) => /payment\.\w+/.exec(line)?.[0]);
    expect(types).toEqual([
      'payment.created',
      'payment.processing',
      'payment.failed',
      'payment.retried',
      'payment.succeeded',
    ]);
    expect(lines(run.stdout)[2]).toMatch(
      /^\d{4}-\S+Z {2}payment\.failed +\S{36} +25\.00 EUR {2}PROC/,
    );
  });

  test('makes one payment of a lost answer, and says so', async () => {
    const run = await cli.run(['trigger', 'lost-answer']);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/got it: [0-9a-f-]{36}\. There is one payment\.\n$/);
  });

  test.each([
    ['payment.refnded', 'Did you mean payment.refunded?'],
    ['chargeback', 'farthing trigger lists them.'],
  ])('does not know %s', async (name, expected) => {
    const run = await cli.run(['trigger', name]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(expected);
  });
});

describe('farthing trigger fails', () => {
  test('when the event does not come in time', async () => {
    const slow = await startServer({
      database: ':memory:',
      environment: { PROCESSING_DELAY_MS: '3600000' },
    });
    const env = { FARTHING_URL: slow.url };
    const run = await cli.run(['trigger', 'payment.succeeded', '--timeout', '1'], { env });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      'error: payment.succeeded did not come within 1 second; the last that came was payment.processing',
    );
    const outage = await cli.run(['trigger', 'issuer_outage', '--timeout', '1'], { env });
    expect(outage.code).toBe(1);
    // What was changed for the scenario is changed back all the same.
    expect(await simulation(slow.url)).toMatchObject({ outage: 'none', temporary: [] });
    await slow.end('SIGTERM');
  });

  test('when another outcome comes', async () => {
    // A rule for what is invalid speaks before everything that is asked for.
    const document = (await (await fetch(`${server.url}/rules`)).json()) as Json;
    const invalid = document['invalid'] as Json[];
    const rule = {
      name: 'no_triggers',
      when: "merchant == 'trigger@example.com'",
      decline: 'INVALID_REQUEST',
    };
    const put = async (rules: Json) =>
      fetch(`${server.url}/rules`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rules),
      });
    expect((await put({ ...document, invalid: [...invalid, rule] })).status).toBe(200);
    const refused = await cli.run(['trigger', 'payment.succeeded']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'error: payment.failed (INVALID_REQUEST) came instead of payment.succeeded',
    );
    await put(document);
  });

  test('rather than end what somebody changed for a time', async () => {
    const patch = async (body: object) =>
      fetch(`${server.url}/simulation`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await patch({ processing_jitter_ms: 1, expires_in: 600 });
    const before = await simulation(server.url);
    for (const name of ['issuer_outage', 'simulation.changed']) {
      const run = await cli.run(['trigger', name]);
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toContain('nothing was done: processing_jitter_ms was changed until');
    }
    expect(await simulation(server.url)).toEqual(before);
    await patch({ processing_jitter_ms: 0 });
    await patch({ outage: 'timeout' });
    const outage = await cli.run(['trigger', 'issuer_outage']);
    expect(outage.code).toBe(1);
    expect(outage.stderr).toContain('there is an outage already (timeout)');
    await patch({ outage: 'none' });
  });

  test('on a server that is not there', async () => {
    const url = await withStranger(
      () => {},
      (gone) => gone,
    );
    const run = await cli.run(['trigger', 'fraud', '--json'], { env: { FARTHING_URL: url } });
    expect(run).toMatchObject({ code: 3, stdout: '' });
  });

  test('with the problem document of a refusal', async () => {
    const closed = await startServer({
      database: ':memory:',
      environment: { API_KEYS: `watcher:ro:${'r'.repeat(20)}` },
    });
    const env = { FARTHING_URL: closed.url, FARTHING_API_KEY: 'r'.repeat(20) };
    const run = await cli.run(['trigger', 'payment.created', '--json'], { env });
    expect(run.code).toBe(1);
    expect(json(run)).toMatchObject({ status: 403 });
    await closed.end('SIGTERM');
  });
});
