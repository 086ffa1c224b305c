/** A Postgres that has no room, books that somebody changed by hand: what a server does then, as with a SQLite file. */
import { afterEach, expect, test } from 'vitest';
import { expectEventually } from '../property/store.ts';
import { auditDatabase } from '../support/audit.ts';
import { type Client, clientOf } from '../support/http.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { endServers, spawnServer, startServer } from '../support/server.ts';
import { wirePayment } from '../support/wire.ts';

const databases: TestDatabase[] = [];
afterEach(async () => {
  await endServers();
  for (const database of databases.splice(0)) await database.drop();
});

async function newDatabase(): Promise<TestDatabase> {
  // One of its own: what is done to its schema must meet nobody else.
  const database = await testDatabase();
  databases.push(database);
  return database;
}

const ENVIRONMENT = { FAILURE_RATE: '0', PROCESSING_DELAY_MS: '50' };

function create(client: Client, headers: Readonly<Record<string, string>> = {}) {
  const body = JSON.stringify({ amount: 1, currency: 'USD', recipient: 'a' });
  return client.call({ method: 'POST', path: '/payments', body, headers });
}

/** What Postgres says when it cannot make a file longer, said to whoever writes an event. */
const FILL = `
  create function has_no_room() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
  create trigger has_no_room before insert on events for each statement execute function has_no_room()`;
const MAKE_ROOM = `drop trigger has_no_room on events; drop function has_no_room()`;

test('without room on its disk, writes are refused with a 503, reads go on, and writes resume by themselves', async () => {
  const database = await newDatabase();
  const server = await startServer({ database: database.url, environment: ENVIRONMENT });
  const client = clientOf(server.url, 16);
  const before = await create(client, { prefer: 'wait=5' });
  expect(before?.status).toBe(201);
  const first = wirePayment(before?.text ?? '');
  await database.query(FILL);
  const keyed = { 'idempotency-key': 'refused' };
  const refused = await Promise.all(Array.from({ length: 20 }, () => create(client, keyed)));
  for (const answer of refused) {
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(JSON.parse(answer?.text ?? '')).toMatchObject({ code: 'storage_unavailable' });
  }
  expect(await client.json(`/payments/${first.payment_id}`)).toEqual(first);
  expect(await client.json('/summary')).toMatchObject({ total: 1 });

  await database.query(MAKE_ROOM);
  let after = await create(client, keyed);
  await expectEventually(async () => {
    after = await create(client, keyed);
    return after?.status === 201;
  });
  await expectEventually(async () => {
    const { total, success } = (await client.json('/summary')) as Record<string, number>;
    return total === 2 && success === 2;
  });
  client.close();
  expect((await server.end('SIGTERM')).code).toBe(0);
  expect(await auditDatabase(database.url)).toMatchObject({ faults: [], payments: 2 });
});

test('books that do not balance are refused at the start', async () => {
  const database = await newDatabase();
  const server = await startServer({ database: database.url, environment: ENVIRONMENT });
  const client = clientOf(server.url, 1);
  expect((await create(client, { prefer: 'wait=5' }))?.status).toBe(201);
  client.close();
  await server.end('SIGTERM');
  await database.query(
    `update ledger_totals set debits_minor = 1000000 where account = 'network_receivable'`,
  );
  const next = spawnServer({ database: database.url, environment: ENVIRONMENT });
  await expect(next.listening).rejects.toThrow(/ledger .*does not balance/);
  expect((await next.ended).code).not.toBe(0);
});

test.each(['start', 'worker'] as const)(
  'a %s that fails when the database is open already ends all the same',
  async (command) => {
    const { url } = await newDatabase();
    const environment = { RULES_FILE: '/no/such/rules.json' };
    const server = spawnServer({ database: url, command, environment });
    await expect(server.listening).rejects.toThrow(/RULES_FILE .* cannot be read/);
    expect(await server.ended).toEqual({ code: 1, signal: null });
  },
);

test('the auditor of these tests sees what was changed by hand', async () => {
  const database = await newDatabase();
  const server = await startServer({ database: database.url, environment: ENVIRONMENT });
  const client = clientOf(server.url, 4);
  for (let made = 0; made < 5; made += 1) {
    expect((await create(client, { prefer: 'wait=5' }))?.status).toBe(201);
  }
  client.close();
  await server.end('SIGTERM');
  expect(await auditDatabase(database.url)).toMatchObject({ faults: [], payments: 5, events: 15 });
  const edits: readonly (readonly [string, RegExp])[] = [
    [`update payments set captured_minor = 0, status = 'PROCESSING'`, /as its last event says/],
    [`update events set data = replace(data, '"a"', '"b"') where sequence = 7`, /wrong hash/],
    [`delete from events where sequence = 15`, /says it is at 15, and has 14/],
    [`delete from log_order where position = 3`, /places in the log count from 1/],
    [`update counters set total = total + 1 where name = 'status:SUCCESS'`, /counters equal/],
    [`delete from ledger_entries where ctid in (select ctid from ledger_entries limit 1)`, /sums/],
  ];
  for (const [edit, fault] of edits) {
    const { url } = database;
    const faults = await withEdit(database, edit, async () => (await auditDatabase(url)).faults);
    expect([edit, faults.join('\n')]).toEqual([edit, expect.stringMatching(fault) as unknown]);
  }
});

/** Makes the edit past the triggers, looks, and takes it back. */
async function withEdit<Value>(
  database: TestDatabase,
  edit: string,
  look: () => Promise<Value>,
): Promise<Value> {
  const [, table = ''] = /(?:update|from) (\w+)/.exec(edit) ?? [];
  await database.query(`create table kept as select * from ${table}`);
  const past = 'set session_replication_role = replica';
  await database.query(`${past}; ${edit}; reset session_replication_role`);
  const value = await look();
  await database.query(
    `${past}; delete from ${table}; insert into ${table} select * from kept; drop table kept;
     reset session_replication_role`,
  );
  return value;
}
