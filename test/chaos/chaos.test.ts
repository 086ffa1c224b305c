import { afterEach, describe, expect, test } from 'vitest';
import { freshSeed } from '../support/chance.ts';
import { endServers } from '../support/server.ts';
import { type ChaosReport, runChaos } from './chaos.ts';

afterEach(endServers);

describe('two servers and two workers on one Postgres and one Redis', () => {
  test(
    'lose and double nothing when processes are killed, Postgres crashes and Redis goes away',
    { timeout: 240_000 },
    async () => {
      const seed = freshSeed();
      const lines: string[] = [`seed ${seed}`];
      const report = await runChaos({
        seed,
        clients: 12,
        rate: 60,
        kills: 4,
        restarts: 1,
        redisPairs: 1,
        redisGoneMs: 2_000,
        freezeMs: 2_000,
        flushes: 1,
        startsWithoutRedis: false,
        onLine: (line) => lines.push(line),
      });
      expect(report.faults.length === 0 ? [] : [...report.faults, ...lines]).toEqual([]);
      expectHarm(report);
    },
  );
});

/** A run in which nothing was under way when something was killed would prove nothing. */
function expectHarm({ acknowledged, events, phases, feedConnections }: ChaosReport): void {
  expect(acknowledged).toBeGreaterThan(50);
  expect(events).toBeGreaterThan(150);
  const failed = phases.filter(({ failures }) => Object.keys(failures).length > 0);
  expect(failed.map(({ name }) => name).join()).toMatch(/api-1 is killed/);
  expect(feedConnections).toBeGreaterThan(1);
}
