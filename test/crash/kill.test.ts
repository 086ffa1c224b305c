import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { freshSeed } from '../support/chance.ts';
import { clientOf } from '../support/http.ts';
import { startServer } from '../support/server.ts';
import { KILL_MODES, runKills } from './kill.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-stop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  'every answer holds after a kill -9: under load, while stopping, while starting',
  { timeout: 120_000 },
  async () => {
    const lines: string[] = [];
    const report = await runKills({
      seed: freshSeed(),
      rounds: KILL_MODES,
      requestsMax: 600,
      onRound: (line) => lines.push(line),
    });
    expect(report.faults.length === 0 ? [] : [...report.faults, ...lines]).toEqual([]);
    // Rounds in which nothing was under way when the kill came would prove nothing.
    expect(report.acknowledged).toBeGreaterThan(100);
    expect(report.asked - report.answered).toBeGreaterThan(0);
  },
);

test('everything that was begun is answered when the server is asked to stop', async () => {
  const server = await startServer({
    database: join(folder, 'stop.db'),
    environment: { PROCESSING_DELAY_MS: '600', FAILURE_RATE: '0' },
  });
  const client = clientOf(server.url, 8);
  const body = JSON.stringify({ amount: 1, currency: 'USD', recipient: 'a' });
  const begun = Array.from({ length: 8 }, () =>
    client.call({ method: 'POST', path: '/payments', body, headers: { prefer: 'wait=5' } }),
  );
  await sleep(200);
  const ended = server.end('SIGTERM');
  const answers = await Promise.all(begun);
  client.close();
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(answers.map((answer) => answer?.status ?? 'lost')).toEqual(Array(8).fill(201));
});
