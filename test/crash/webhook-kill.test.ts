import { afterEach, expect, test } from 'vitest';
import { freshSeed } from '../support/chance.ts';
import { endServers } from '../support/server.ts';
import { runWebhookKills } from './webhook-kill.ts';

afterEach(endServers);

test(
  'after kills while it delivers, every event reaches every endpoint, in order where that was asked for',
  { timeout: 240_000 },
  async () => {
    const seed = freshSeed();
    const lines: string[] = [`seed ${seed}`];
    const report = await runWebhookKills({
      seed,
      rounds: 3,
      requestsMax: 200,
      onRound: (line) => lines.push(line),
    });
    expect(report.faults.length === 0 ? [] : [...report.faults, ...lines]).toEqual([]);
    // Rounds in which nothing was delivered would prove nothing.
    expect(report.events).toBeGreaterThan(100);
  },
);
