/**
 * The simulator for as long as one likes: `node scripts/run.js test/simulation/long.ts [seconds]
 * [seed]`. One seed after the other, each a few thousand steps in a file of its own; given a seed,
 * that one alone for all the time. Ends with exit code 1 at the first disagreement, whose seed and
 * step it prints.
 */
import process from 'node:process';
import { freshSeed } from '../support/chance.ts';
import { stopPostgres } from '../support/postgres.ts';
import { type Batching, simulate } from './simulator.ts';

const STEPS_PER_SEED = 5_000;
const BATCHINGS: readonly Batching[] = ['some', 'all', 'one'];

const [seconds = '60', only] = process.argv.slice(2);
const endsAt = performance.now() + Number(seconds) * 1_000;
const totals = { seeds: 0, steps: 0, commands: 0, payments: 0, events: 0, reopened: 0 };

while (performance.now() < endsAt) {
  const seed = only ?? freshSeed();
  const batching = BATCHINGS[totals.seeds % BATCHINGS.length] ?? 'some';
  console.log(`seed ${seed}, batching ${batching}`);
  const report = await simulate({
    seed,
    batching,
    reopening: 0.02,
    isDone: (steps) =>
      performance.now() >= endsAt || (only === undefined && steps >= STEPS_PER_SEED),
  });
  totals.seeds += 1;
  totals.steps += report.steps;
  totals.commands += report.commands;
  totals.payments += report.payments;
  totals.events += report.events;
  totals.reopened += report.reopened;
}
console.log(
  `${totals.seeds} seeds, ${totals.steps} steps, ${totals.commands} commands, ${totals.payments} payments, ` +
    `${totals.events} events, reopened ${totals.reopened} times: engine and model agree`,
);
await stopPostgres();
