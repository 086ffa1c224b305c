/**
 * How much a worker that seeds slows an API process on the same Postgres: card payments at a steady rate, in turns without
 * and beside a seeding job. By command, and not a part of the tests:
 *
 *   node scripts/run.js test/jobs/pace.ts [requests a second] [seconds] [rounds]
 *
 * TEST_DATABASE_URL names the server, else one is started. For a figure that means something nothing else may run here.
 */
import process from 'node:process';
import { startPostgres } from '../support/postgres-server.ts';
import { testDatabase } from '../support/postgres.ts';
import { clientOf } from '../support/http.ts';
import { endServers, startServer } from '../support/server.ts';
import { startService } from './service.ts';

const [rate = 100, seconds = 15, rounds = 3] = process.argv.slice(2).map(Number);
const COUNT = 1_000_000;
const LOOK_MS = 5;

const own = process.env['TEST_DATABASE_URL'] === undefined ? await startPostgres() : null;
if (own !== null) process.env['TEST_DATABASE_URL'] = own.url;
const database = await testDatabase();
const environment = {
  DATABASE_URL: database.url,
  RATE_LIMIT_PER_MINUTE: '0',
  LOG_LEVEL: 'info',
};
await startServer({ command: 'worker', database: '', environment });
const service = await startService({ database: '', environment });
const client = clientOf(service.server.url, 64);

await load();
for (let round = 0; round < rounds; round += 1) {
  print('without', await load());
  const { id } = await service.create('seed_synthetic_transactions', { count: COUNT });
  await service.until(id, ({ progress }) => progress.done > 0);
  const startedAt = performance.now();
  const before = (await service.job(id)).progress.done;
  const timesMs = await load();
  const made = (await service.job(id)).progress.done - before;
  const perSecond = (made * 1_000) / (performance.now() - startedAt);
  print(`beside ${Math.round(perSecond)} seeded a second`, timesMs);
  await service.post(`/jobs/${id}/cancel`);
}
client.close();
service.close();
await endServers();
await database.drop();
await own?.stop();

/** Milliseconds that each request took. */
async function load(): Promise<number[]> {
  const timesMs: number[] = [];
  const underWay: Promise<void>[] = [];
  const startedAt = performance.now();
  const total = rate * seconds;
  while (underWay.length < total) {
    const due = Math.min(total, ((performance.now() - startedAt) / 1_000) * rate);
    while (underWay.length < due) underWay.push(pay(underWay.length, timesMs));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await Promise.all(underWay);
  return timesMs;
}

async function pay(index: number, timesMs: number[]): Promise<void> {
  const payment = {
    card_number: '4000001234567890',
    amount: 20 + (index % 50),
    currency: 'GBP',
    merchant: 'Corner Bakery',
  };
  const startedAt = performance.now();
  const body = JSON.stringify(payment);
  const answer = await client.call({ method: 'POST', path: '/payment', body });
  if (answer?.status !== 201) throw new Error(`a payment was not taken: ${answer?.text}`);
  timesMs.push(performance.now() - startedAt);
}

function print(name: string, timesMs: number[]): void {
  const sorted = timesMs.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(1) ?? '';
  process.stdout.write(
    `${name.padEnd(32)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms\n`,
  );
}
