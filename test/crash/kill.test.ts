import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { expectEventually } from '../property/store.ts';
import { freshSeed } from '../support/chance.ts';
import { clientOf } from '../support/http.ts';
import { endServers, startServer } from '../support/server.ts';
import { wirePayment } from '../support/wire.ts';
import { KILL_MODES, runKills } from './kill.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-stop-'));
afterEach(endServers);
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

describe('asked to stop, the server', () => {
  const body = JSON.stringify({ amount: 1, currency: 'USD', recipient: 'a' });

  /** Stops a server in the middle of eight requests that wait for their outcome. */
  async function stopWhileWaiting(processingMs: number, waitSeconds: number) {
    const server = await startServer({
      database: join(folder, `stop-${processingMs}.db`),
      environment: { PROCESSING_DELAY_MS: String(processingMs), FAILURE_RATE: '0' },
    });
    const client = clientOf(server.url, 9);
    const headers = { prefer: `wait=${waitSeconds}` };
    const begun = Array.from({ length: 8 }, () =>
      client.call({ method: 'POST', path: '/payments', body, headers }),
    );
    await expectEventually(async () => {
      const { total } = (await client.json('/summary')) as { total: number };
      return total === 8;
    });
    const ended = await server.end('SIGTERM');
    const answers = await Promise.all(begun);
    client.close();
    const statuses = answers.map((answer) =>
      answer === null ? 'lost' : wirePayment(answer.text).status,
    );
    return { ended, statuses };
  }

  test('finishes what it had begun, answers it, and ends with exit code 0', async () => {
    expect(await stopWhileWaiting(600, 5)).toEqual({
      ended: { code: 0, signal: null },
      statuses: Array(8).fill('SUCCESS'),
    });
  });

  test('does not let those who wait for longer than that go without an answer', async () => {
    expect(await stopWhileWaiting(60_000, 30)).toEqual({
      ended: { code: 0, signal: null },
      statuses: Array(8).fill('PROCESSING'),
    });
  });
});
