import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { type DeliveriesUnderTest, LOG } from '../../../../test/support/deliveries-under-test.ts';
import { delivered, endpointOf, eventsOf, NOW_MS } from '../../../../test/support/deliveries.ts';
import { describeDeliveries } from '../deliveries.contract.ts';
import { describeDeliveryOrder, describeSharedDeliveries } from '../deliveries-order.contract.ts';
import { describeDeliveryReplies } from '../deliveries-replies.contract.ts';
import { describeDeliveryRetention } from '../deliveries-retention.contract.ts';
import { openSqliteDeliveries } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-deliveries-'));
let files = 0;
let path = '';
afterAll(() => rmSync(folder, { recursive: true }));

const newFile = () => {
  files += 1;
  return join(folder, `${files}.webhooks`);
};
const sqlite: DeliveriesUnderTest = {
  open: async () => openSqliteDeliveries({ path }),
  reset() {
    path = newFile();
  },
};
describeDeliveries('SQLite', sqlite);
describeDeliveryReplies('SQLite', sqlite);
describeDeliveryRetention('SQLite', sqlite);
describeDeliveryOrder('SQLite', sqlite);
describeSharedDeliveries('SQLite', sqlite);

const memory: DeliveriesUnderTest = {
  open: async () => openSqliteDeliveries({ path: ':memory:' }),
  reset() {},
};
describe('deliveries in memory', () => {
  test('work on one connection, and are gone with it', async () => {
    const store = await memory.open();
    await store.addEndpoint(endpointOf(1), { writer: LOG, sequence: 0 });
    expect(await store.fanOut(eventsOf(3), { writer: LOG, sequence: 3 }, NOW_MS)).toBe(3);
    await store.close();
    const next = await memory.open();
    expect(await next.endpoints()).toEqual([]);
    await next.close();
  });
});

test('whoever writes much is asked to give way with every row', async () => {
  let times = 0;
  const timesIn = async (work: () => Promise<unknown>) => {
    times = 0;
    await work();
    return times;
  };
  const store = openSqliteDeliveries({ path: newFile(), giveWay: () => (times += 1) });
  await store.addEndpoint(endpointOf(1), { writer: LOG, sequence: 0 });
  const made = () => store.fanOut(eventsOf(30), { writer: LOG, sequence: 30 }, NOW_MS);
  expect(await timesIn(made)).toBeGreaterThanOrEqual(30);
  const lease = { nowMs: NOW_MS, leaseUntilMs: NOW_MS + 30_000, token: 'mine' };
  const claimed = await store.claim({ endpointId: endpointOf(1).id, limit: 30, ...lease });
  const outcomes = claimed.map(({ ordinal }) => delivered(ordinal));
  expect(await timesIn(() => store.record('mine', outcomes))).toBeGreaterThanOrEqual(30);
  await store.close();
});

describe('the file of deliveries', () => {
  test('is not for everybody to read: there are secrets in it', async () => {
    const file = newFile();
    await openSqliteDeliveries({ path: file }).close();
    expect(statSync(file).mode & 0o007).toBe(0);
  });

  test('is refused when it is not ours, newer, or cannot be made', async () => {
    const foreign = newFile();
    const database = new DatabaseSync(foreign);
    database.exec('create table cats (name text)');
    database.close();
    expect(() => openSqliteDeliveries({ path: foreign })).toThrow(/not ours/);

    const newer = newFile();
    await openSqliteDeliveries({ path: newer }).close();
    change(newer, 'pragma user_version = 999');
    expect(() => openSqliteDeliveries({ path: newer })).toThrow(/newer Farthing/);
    const nowhere = join(folder, 'no', 'such.webhooks');
    expect(() => openSqliteDeliveries({ path: nowhere })).toThrow(/cannot be written/);
  });

  test('is made once when several open it at the same time', async () => {
    const file = newFile();
    const program = `${OPEN} await store.close(); console.log('opened');`;
    const openers = Array.from({ length: 4 }, () => run(program, file));
    const outputs = await Promise.all(openers.map(everything));
    expect(outputs).toEqual(Array.from({ length: 4 }, () => 'opened\n'));
  });

  test('forgets a removed endpoint bit by bit, also over a restart', async () => {
    const file = newFile();
    const store = openSqliteDeliveries({ path: file });
    const endpoint = endpointOf(1);
    await store.addEndpoint(endpoint, { writer: LOG, sequence: 0 });
    await store.fanOut(eventsOf(2_000), { writer: LOG, sequence: 2_000 }, NOW_MS);
    const request = { endpointId: endpoint.id, nowMs: NOW_MS, leaseUntilMs: NOW_MS + 1 };
    const claimed = await store.claim({ ...request, limit: 5, token: 'token' });
    await store.record(
      'token',
      claimed.map(({ ordinal }) => delivered(ordinal)),
    );
    await store.removeEndpoint(endpoint.id);
    expect((await store.listDeliveries({ limit: 9, cursor: null })).items).toEqual([]);
    await setImmediate();
    await store.close();
    expect(rowsIn(file, 'deliveries')).toBeGreaterThan(0);
    const next = openSqliteDeliveries({ path: file });
    while (rowsIn(file, 'removed_endpoints') > 0) await setImmediate();
    expect(rowsIn(file, 'deliveries')).toBe(0);
    expect(rowsIn(file, 'attempts')).toBe(0);
    await next.close();
  });

  test('is whole after a kill at any moment', async () => {
    const file = newFile();
    for (const lines of [1, 4, 9, 16, 25]) {
      const child = run(WORK, file);
      let seen = 0;
      for await (const chunk of child.stdout) {
        seen += String(chunk).split('\n').length - 1;
        if (seen >= lines) break;
      }
      child.kill('SIGKILL');
      await once(child, 'exit');
      await expectWhole(file);
    }
  });
});

const OPEN = `
  const { openSqliteDeliveries } = await import(${JSON.stringify(import.meta.resolve('./store.ts'))});
  const { delivered, endpointOf, eventsOf, NOW_MS } =
    await import(${JSON.stringify(import.meta.resolve('../../../../test/support/deliveries.ts'))});
  const store = openSqliteDeliveries({ path: process.argv[1] });`;

/** Makes deliveries and delivers them, for ever. */
const WORK = `${OPEN}
  const endpoint = endpointOf(1, { ordering: 'strict' });
  const { sequence: start } = (await store.cursor()) ?? { sequence: 0 };
  if (start === 0) await store.addEndpoint(endpoint, { writer: 'log-1', sequence: 0 });
  for (let from = start + 1; ; from += 10) {
    await store.fanOut(eventsOf(10, 3, from), { writer: 'log-1', sequence: from + 9 }, NOW_MS + from);
    const token = 'token-' + from;
    const nowMs = NOW_MS + from * 10;
    const claimed = await store.claim(
      { endpointId: endpoint.id, limit: 7, nowMs, leaseUntilMs: nowMs + 50, token });
    await store.record(token, claimed.map(({ ordinal }) => delivered(ordinal)));
    console.log(from);
  }`;

function run(program: string, file: string) {
  const script = ['--input-type=module', '--eval', program, file];
  return spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function everything(child: ReturnType<typeof run>): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return output;
}

/** Nothing is missing, nothing is there twice, every count is right, and every payment has one in turn at most. */
async function expectWhole(file: string): Promise<void> {
  const store = openSqliteDeliveries({ path: file });
  const cursor = (await store.cursor())?.sequence ?? 0;
  const counts = (await store.counts()).get(endpointOf(1).id);
  await store.close();
  expect(rowsIn(file, 'deliveries')).toBe(cursor);
  expect(rowsIn(file, `deliveries where status = 'pending'`)).toBe(counts?.pending ?? 0);
  expect(rowsIn(file, `deliveries where status = 'delivered'`)).toBe(counts?.delivered ?? 0);
  expect(rowsIn(file, 'attempts')).toBe(counts?.delivered ?? 0);
  expect(
    rowsIn(
      file,
      `(select payment_id from deliveries where due_at_ms is not null
    group by payment_id having count(*) > 1)`,
    ),
  ).toBe(0);
  expect(
    rowsIn(
      file,
      `(select payment_id from deliveries where status = 'pending'
    group by payment_id having count(due_at_ms) = 0)`,
    ),
  ).toBe(0);
}

function rowsIn(file: string, table: string): number {
  const reader = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(reader.prepare(`select count(*) as rows from ${table}`).get()?.['rows']);
  } finally {
    reader.close();
  }
}

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}
