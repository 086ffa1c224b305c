/**
 * Chaos for as long as it is asked for; it stops by itself:
 * `node scripts/run.js test/chaos/long.ts --kills 50 --restarts 20 --pairs 5 --freeze 60000 --seed abc`
 *
 * A line for each phase, a summary as JSON, and exit code 1 when anything is wrong.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { freshSeed } from '../support/chance.ts';
import { type Phase, runChaos } from './chaos.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    restarts: { type: 'string', default: '20' },
    pairs: { type: 'string', default: '5' },
    gone: { type: 'string', default: '10000' },
    freeze: { type: 'string', default: '60000' },
    flushes: { type: 'string', default: '5' },
    clients: { type: 'string', default: '24' },
    rate: { type: 'string', default: '80' },
    seed: { type: 'string', default: freshSeed() },
  },
});

console.log(`seed ${values.seed}`);
const { phases, faults, ...figures } = await runChaos({
  seed: values.seed,
  clients: Number(values.clients),
  rate: Number(values.rate),
  kills: Number(values.kills),
  restarts: Number(values.restarts),
  redisPairs: Number(values.pairs),
  redisGoneMs: Number(values.gone),
  freezeMs: Number(values.freeze),
  flushes: Number(values.flushes),
  startsWithoutRedis: true,
  onLine: (line) => console.log(line),
});
const p99 = (pattern: RegExp) => {
  const matching = phases.filter(({ name }) => pattern.test(name)).map(({ p99Ms }) => p99Ms);
  return median(matching);
};
for (const fault of faults) console.log(fault);
const redis = { p99There: p99(/^Redis is there/), p99Gone: p99(/^Redis is gone/) };
const failed = sumFailures(phases);
console.log(
  JSON.stringify({ seed: values.seed, ...figures, ...redis, failed, faults: faults.length }),
);
process.exitCode = faults.length === 0 ? 0 : 1;

function median(values_: readonly number[]): number {
  const sorted = values_.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function sumFailures(all: readonly Phase[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { failures } of all) {
    for (const [name, times] of Object.entries(failures)) sums[name] = (sums[name] ?? 0) + times;
  }
  return sums;
}
