/** A reset whose connection is lost while it is committed: it is made once, whatever became of the commit. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { execute } from '../../../engine/execute.ts';
import type { Engine, Store } from '../../../engine/ports.ts';
import { openPostgresStore } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

/** What the line to the server does with the next commit of a reset. */
type Fate = 'passes' | 'is lost' | 'is done, and its answer lost';

let fate: Fate = 'passes';
let line: Server;
let store: Store;
let engine: Engine;
let names: number;

beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
  fate = 'passes';
  names = 0;
  line = await lineTo(new URL(DATABASE.url));
  const through = new URL(DATABASE.url);
  through.host = `127.0.0.1:${(line.address() as AddressInfo).port}`;
  const clock = testClock();
  store = await openPostgresStore({
    url: through.href,
    newLog: () => `log-${(names += 1)}`,
    publish,
    nowMs: () => clock.nowMs(),
    reach: () => {},
  });
  engine = testEngine(store, clock);
});
afterEach(async () => {
  await store.close();
  line.close();
});

async function lineTo({ hostname, port }: URL): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(Number(port === '' ? 5_432 : port), hostname);
    const cut = () => {
      fate = 'passes';
      near.destroy();
      far.destroy();
    };
    let isReset = false;
    near.on('data', (chunk) => {
      const isCommit = isReset && chunk.includes('commit\0');
      isReset ||= chunk.includes('truncate payments');
      if (isCommit && fate === 'is lost') cut();
      else far.write(chunk);
    });
    far.on('data', (chunk) => {
      const isEnd = isReset && chunk.includes('COMMIT\0');
      if (isEnd && fate === 'is done, and its answer lost') cut();
      else near.write(chunk);
      isReset &&= !isEnd;
    });
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => void [near.destroy(), far.destroy()]);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.each<[Fate, number]>([
  ['passes', 1],
  ['is lost', 2],
  ['is done, and its answer lost', 1],
])('a reset whose commit %s', (next, tries) => {
  test('is made once, and the store goes on behind it', async () => {
    await mustDecide(engine, createCommand());
    await mustDecide(engine, createCommand());
    const before = await store.logHead();
    expect(before).toMatchObject({ writer: 'log-1', sequence: 2 });
    fate = next;
    const reply = await execute(engine, requestOf({ type: 'reset_data' }));
    expect(reply.kind).toBe('changed');
    expect(fate).toBe('passes');
    const { id } = await mustDecide(engine, createCommand());
    const { events } = await store.events({ after: 0, limit: 10 });
    expect(events.map(({ type }) => type)).toEqual(['data.reset', 'payment.created']);
    // It tells of the log with the payments: another reset would tell of one with a reset in it.
    expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({
      previous: { writer: 'log-1', entries: 2, hash: before.hash },
    });
    const { items } = await store.listPayments({ limit: 10, cursor: null });
    expect(items.map((payment) => payment.id)).toEqual([id]);
    // Opening the store and each try took a name.
    expect(names).toBe(1 + tries);
    expect((await store.logHead()).writer).toBe(`log-${names}`);
  });
});
