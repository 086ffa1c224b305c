/** A job outlives the process that works on it, and nothing it did is done twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { endServers } from '../support/server.ts';
import { isOver, type Service, startService } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-jobs-'));
const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) service.close();
  await endServers();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(name: string): Promise<Service> {
  const service = await startService({ database: join(folder, `${name}.db`) });
  services.push(service);
  return service;
}

const COUNT = 3_000;

test(
  'a seeding that is killed in the middle, twice, makes each of its payments once',
  { timeout: 180_000 },
  async () => {
    let service = await start('killed');
    const { id } = await service.create('seed_synthetic_transactions', {
      count: COUNT,
      batch_size: 50,
      seed: 'kill',
    });
    for (const share of [0.2, 0.6]) {
      const { attempts } = await service.until(id, ({ progress }) => progress.done > share * COUNT);
      expect(attempts).toBeGreaterThan(0);
      await service.server.end('SIGKILL');
      service = await start('killed');
    }
    const job = await service.until(id, isOver);
    expect(job).toMatchObject({
      status: 'succeeded',
      progress: { done: COUNT, total: COUNT },
      result: { payments: COUNT, seed: 'kill' },
    });
    expect(await service.payments()).toBe(COUNT);
  },
);

test(
  'a seeding that is stopped is given back, and goes on at the next start as if nothing had been',
  { timeout: 120_000 },
  async () => {
    const first = await start('stopped');
    const { id } = await first.create('seed_synthetic_transactions', {
      count: COUNT,
      batch_size: 50,
    });
    await first.until(id, ({ progress }) => progress.done > 0.2 * COUNT);
    expect(await first.server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const second = await start('stopped');
    expect(await second.until(id, isOver)).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(await second.payments()).toBe(COUNT);
  },
);

test('a seeding that is canceled stops, and what it made stays', { timeout: 60_000 }, async () => {
  const service = await start('canceled');
  const { id } = await service.create('seed_synthetic_transactions', {
    count: 1_000_000,
    batch_size: 50,
  });
  await service.until(id, ({ progress }) => progress.done > 0);
  expect((await service.post(`/jobs/${id}/cancel`)).status).toBe(200);
  // One that follows is begun when this one has stopped.
  const next = await service.create('retention', {});
  await service.until(next.id, isOver);
  const made = await service.payments();
  const { status, progress } = await service.job(id);
  expect(status).toBe('canceled');
  expect(made).toBeGreaterThanOrEqual(progress.done);
  expect(await service.payments()).toBe(made);
});
