/** What was changed while a server ran, after the server was killed: kept for good, or over when its time is over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { endServers, startServer } from '../support/server.ts';

type Json = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'farthing-changes-'));
const database = join(folder, 'test.db');

afterEach(async () => {
  await endServers();
  rmSync(folder, { recursive: true });
});

async function ask(url: string, method: string, body?: object): Promise<Json> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', prefer: 'wait=10' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as Json;
}

const PAYMENT = { amount: 20, currency: 'USD', recipient: 'alice@example.com' };

test('a server that was killed goes on as it was changed', async () => {
  const environment = { FAILURE_RATE: '0', PROCESSING_DELAY_MS: '0' };
  const first = await startServer({ database, environment });

  const lasting = { fraud_threshold: '19.99,JPY:5', risk_block_score: 0.5 };
  await ask(`${first.url}/simulation`, 'PATCH', lasting);
  const rules = await ask(`${first.url}/rules`, 'GET');
  const shop = { name: 'closed_shop', when: 'merchant == "Closed"', decline: 'RULE_BLOCKED' };
  await ask(`${first.url}/rules`, 'PUT', { ...rules, account: [shop] });
  const during = await ask(`${first.url}/simulation`, 'PATCH', {
    outage: 'timeout',
    expires_in: 3_600,
  });
  await first.end('SIGKILL');

  // Another configuration shows in what nobody has changed, and in nothing else.
  const changed = { ...environment, FRAUD_THRESHOLD: '1', HIGH_AMOUNT_THRESHOLD: '77' };
  const second = await startServer({ database, environment: changed });
  expect(await ask(`${second.url}/simulation`, 'GET')).toEqual({
    ...during,
    high_amount_threshold: '77',
  });
  expect(await ask(`${second.url}/rules`, 'GET')).toEqual({ ...rules, account: [shop] });
  expect(
    await ask(`${second.url}/payments`, 'POST', { ...PAYMENT, recipient: 'Closed' }),
  ).toMatchObject({ failure_reason: 'RULE_BLOCKED' });
  const short = { outage: 'unavailable', expires_in: 2 };
  const { expires_at: endsAt } = await ask(`${second.url}/simulation`, 'PATCH', short);
  await second.end('SIGKILL');

  // The time of what was temporary passes while nobody is there.
  await sleep(Math.max(0, Date.parse(String(endsAt)) - Date.now()) + 100);
  const third = await startServer({ database, environment: changed });
  const deadline = Date.now() + 10_000;
  let now = await ask(`${third.url}/simulation`, 'GET');
  while (now['outage'] !== 'none' && Date.now() < deadline) {
    await sleep(20);
    now = await ask(`${third.url}/simulation`, 'GET');
  }
  const expected = { ...during, outage: 'none', temporary: [], expires_at: null };
  expect(now).toEqual({ ...expected, high_amount_threshold: '77' });
  const { data } = await ask(`${third.url}/events?type=simulation.changed`, 'GET');
  expect(data).toHaveLength(4);
  expect((data as readonly Json[])[3]).toMatchObject({ actor: 'timer', data: now });
  await third.end('SIGTERM');
  expect(third.output()).not.toMatch(/"level":"(?:error|fatal)"/);
});
