/** pgbench: writes what one payment writes, a transaction for each, with nothing in front of the database. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '../src/adapters/storage/postgres/migrate.ts';
import type { Bench } from './bench.ts';

const SCRIPT = fileURLToPath(new URL('sql/card-payment.sql', import.meta.url));
/** As many as the target speaks of, and a thread for each core of a small machine. */
const CLIENTS = 32;
const THREADS = 2;

export interface Written {
  readonly perSecond: number;
  readonly meanMs: number;
}

/** How the statements of a transaction are sent: one after the other, or all of them at once. */
export type Sending = 'steps' | 'pipeline';

/** Makes the tables, and a writer for each client. */
export async function preparePgbench(url: string): Promise<void> {
  await migrate(url);
  await query(
    url,
    `insert into log values ('bench', 0);
     insert into writers select client, 'bench.' || client, 0, repeat('0', 64), 0, 0, 1
       from generate_series(1, ${CLIENTS}) client`,
  );
}

/** Throws when a transaction failed, when not all that was counted is there, and when there is no pgbench. */
export async function runPgbench(
  bench: Bench,
  url: string,
  { seconds, sending }: { seconds: number; sending: Sending },
): Promise<Written> {
  // All go on from the same place, behind what the rounds before left.
  const [start] = await query(
    url,
    `update writers set sequence = (select max(sequence) from writers)
       returning sequence, (select count(*) from payments) as payments`,
  );
  const child = bench.children.start(
    {
      file: 'pgbench',
      args: pgbenchArguments({
        M: 'prepared',
        c: String(CLIENTS),
        j: String(THREADS),
        T: String(seconds),
        f: scriptFor(bench, sending),
        D: [`n=${String(start?.['sequence'])}`, `base=${Date.now()}`],
      }).concat(url),
    },
    { environment: {}, folder: bench.folder },
  );
  const code = await child.ended.catch((cause: unknown) => {
    throw new Error('there is no pgbench here; install PostgreSQL', { cause });
  });
  const output = await child.output;
  if (code !== 0) throw new Error(`pgbench failed: ${(await child.errors).slice(0, 500)}`);
  const made = numberIn(output, /transactions actually processed: (\d+)/);
  const [end] = await query(
    url,
    `select count(*) as payments, (select count(*) from events) as events,
       (select count(*) from ledger_entries) as entries from payments`,
  );
  const expected = Number(start?.['payments']) + made;
  for (const [what, count] of Object.entries(end ?? {})) {
    if (Number(count) !== expected)
      throw new Error(`pgbench wrote ${String(count)} ${what}, not ${expected}`);
  }
  return {
    perSecond: numberIn(output, /tps = ([\d.]+)/),
    meanMs: numberIn(output, /latency average = ([\d.]+) ms/),
  };
}

/** No vacuum before: the tables of pgbench's own benchmark are not there. */
function pgbenchArguments(options: Readonly<Record<string, string | string[]>>): string[] {
  const given = Object.entries(options).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [`-${name}`, value]),
  );
  return ['-n', ...given];
}

function scriptFor({ folder }: Bench, sending: Sending): string {
  if (sending === 'steps') return SCRIPT;
  const text = readFileSync(SCRIPT, 'utf8');
  const file = path.join(folder, 'card-payment-pipeline.sql');
  writeFileSync(
    file,
    text.replace('\nbegin;', '\n\\startpipeline\nbegin;').concat('\\endpipeline\n'),
  );
  return file;
}

function numberIn(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`pgbench reported: ${output.slice(0, 500)}`);
  return Number(found);
}

/** The rows of the last statement. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
