/** Starting on what a crash, or somebody with an editor, left behind. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { clientOf } from '../support/http.ts';
import { endServers, spawnServer, startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-start-'));
afterEach(endServers);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENVIRONMENT = { FAILURE_RATE: '0', PROCESSING_DELAY_MS: '0' };

/** A database with one payment that succeeded, its server ended properly. */
async function databaseWithOnePayment(name: string): Promise<string> {
  const database = join(folder, name);
  const server = await startServer({ database, environment: ENVIRONMENT });
  const client = clientOf(server.url, 1);
  const answer = await client.call({
    method: 'POST',
    path: '/payments',
    body: JSON.stringify({ amount: 1, currency: 'USD', recipient: 'a' }),
    headers: { prefer: 'wait=5' },
  });
  client.close();
  expect(answer?.status).toBe(201);
  await server.end('SIGTERM');
  return database;
}

/** How a start ends that should not succeed: null when it listens after all. */
async function refusalOf(database: string): Promise<string | null> {
  const server = spawnServer({ database, environment: ENVIRONMENT });
  const isUp = await server.listening.then(
    () => true,
    () => false,
  );
  const { code } = await server.end('SIGKILL');
  return isUp ? null : `${code}: ${server.output()}`;
}

describe('a start', () => {
  test('goes on after one that was killed while it made the key file', async () => {
    // The file is created first and written then: a kill, or a power cut before the data is
    // flushed, leaves it empty.
    const database = join(folder, 'key.db');
    writeFileSync(`${database}.card-key`, '');
    const server = await startServer({ database });
    await server.end('SIGTERM');
    expect(readFileSync(`${database}.card-key`, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  test('refuses a log whose last entry was changed', async () => {
    const database = await databaseWithOnePayment('tail.db');
    const editor = new DatabaseSync(database);
    editor.exec('drop trigger events_are_final');
    editor.exec(
      `update events set actor = 'somebody' where sequence = (select max(sequence) from events)`,
    );
    editor.close();
    expect(await refusalOf(database)).toMatch(/log|audit|chain|hash/i);
  });

  test('refuses books that do not balance', async () => {
    const database = await databaseWithOnePayment('books.db');
    const editor = new DatabaseSync(database);
    editor.exec(
      `update ledger_totals set debits_minor = '1000000' where account = 'network_receivable'`,
    );
    editor.close();
    expect(await refusalOf(database)).toMatch(/balance|ledger/i);
  });
});
