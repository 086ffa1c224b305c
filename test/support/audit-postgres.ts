/**
 * The auditor's checks on Postgres: every writer's chain hashed again, the one order of the log, and the claims that hold on
 * any store. It reads one snapshot beside running servers.
 */
import pg from 'pg';
import { CHAIN_START, hashEvent } from '../../src/adapters/storage/chain.ts';
import { eventFrom, integer, type Row, text } from '../../src/adapters/storage/rows.ts';
import type { Audit } from './audit.ts';
import { claimsOf, POSTGRES } from './audit-claims.ts';

type Select = (sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** More of the same fault helps nobody. */
const FAULTS_MAX = 20;
const PAGE = 5_000;

/** Integers are numbers here: all of ours are far below 2^53. */
const INT8 = 20;
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : (pg.types.getTypeParser(oid, format) as (value: string) => unknown),
};

export async function auditPostgres(url: string): Promise<Audit> {
  const client = new pg.Client({ connectionString: url, types });
  await client.connect();
  const select: Select = async (sql, values = []) =>
    (await client.query<Record<string, unknown>>(sql, [...values])).rows;
  try {
    await client.query('begin isolation level repeatable read read only');
    return await audit(select);
  } finally {
    await client.end();
  }
}

async function audit(select: Select): Promise<Audit> {
  const faults: string[] = [];
  let events = 0;
  let head = CHAIN_START;
  for (const writer of await select('select * from writers order by writer_no')) {
    const sequence = await walkChain(select, writer, faults);
    events += sequence;
    if (integer(writer, 'writer_no') === 1) head = text(writer, 'hash');
  }
  for (const { claim, sql } of [...claimsOf(POSTGRES), ...ORDER_CLAIMS]) {
    const broken = await select(`select * from (${sql}) broken limit 3`);
    if (broken.length > 0) faults.push(`${claim}, but: ${JSON.stringify(broken)}`);
  }
  const [counted = {}] = await select('select count(*) as payments from payments');
  const payments = integer(counted, 'payments');
  return { faults: faults.slice(0, FAULTS_MAX), payments, events, head };
}

/** Gapless from 1, each entry hashed on the one before it, up to where the writer says that it stands; gives its length. */
async function walkChain(select: Select, writer: Row, faults: string[]): Promise<number> {
  const [number, name] = [integer(writer, 'writer_no'), text(writer, 'name')];
  let head = CHAIN_START;
  let place = 0;
  for (;;) {
    const page = await select(
      'select * from events where writer_no = $1 and sequence > $2 order by sequence limit $3',
      [number, place, PAGE],
    );
    for (const row of page) {
      const event = eventFrom(row);
      place += 1;
      const where = `event ${event.sequence} of ${name}`;
      if (event.sequence !== place) faults.push(`${where} stands in place ${place}`);
      if (text(row, 'prev_hash') !== head) faults.push(`${where} does not follow on`);
      head = hashEvent(head, name, event);
      if (text(row, 'hash') !== head) faults.push(`${where} has a wrong hash`);
    }
    if (page.length < PAGE || faults.length >= FAULTS_MAX) break;
  }
  const isEnd = integer(writer, 'sequence') === place && text(writer, 'hash') === head;
  if (!isEnd) faults.push(`${name} says it is at ${integer(writer, 'sequence')}, and has ${place}`);
  return place;
}

const ORDER_CLAIMS = [
  {
    claim: 'the events of a payment count from 1',
    sql: `select payment_id, count(*) as n from events where payment_id is not null
      group by payment_id having count(*) <> max(payment_sequence) or min(payment_sequence) <> 1`,
  },
  {
    claim: 'places in the log count from 1, and each has its event',
    sql: `select count(*) as n, max(position) as last, count(e.sequence) as there
      from log_order left join events e using (writer_no, sequence)
      having count(*) <> coalesce(max(position), 0) or count(*) <> count(e.sequence)`,
  },
  {
    claim: 'no place is left out behind one that was passed',
    sql: `select v.writer_no from log_vector v
      where v.sequence <> (select count(*) from log_order o where o.writer_no = v.writer_no)`,
  },
  {
    claim: 'an event comes after the one before it of its payment',
    sql: `select payment_id from (select payment_id, payment_sequence,
        row_number() over (partition by payment_id order by position) as place
      from log_order join events using (writer_no, sequence)
      where payment_id is not null) placed where place <> payment_sequence`,
  },
];
