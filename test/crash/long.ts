/**
 * Many kills: `node scripts/run.js test/crash/long.ts [rounds] [seed]`. A line per round, a
 * summary, and exit code 1 when any answer did not hold. The same seed gives the same requests and
 * the same moments; what falls between two system calls still differs from run to run.
 */
import process from 'node:process';
import { freshSeed } from '../support/chance.ts';
import { stopPostgres } from '../support/postgres.ts';
import { KILL_MODES, type KillMode, runKills } from './kill.ts';

const [rounds = '50', seed = freshSeed()] = process.argv.slice(2);

/** Three in five are plain kills under load. */
const CYCLE: readonly KillMode[] = ['load', 'startup', 'load', 'shutdown', 'load', ...KILL_MODES];

console.log(`seed ${seed}`);
const startedAt = performance.now();
const report = await runKills({
  seed,
  rounds: Array.from(
    { length: Number(rounds) },
    (_, index) => CYCLE[index % CYCLE.length] ?? 'load',
  ),
  requestsMax: 3_000,
  onRound: (line) => console.log(line),
});
const seconds = Math.round((performance.now() - startedAt) / 1000);
for (const fault of report.faults) console.log(fault);
console.log(
  `${report.kills} kills in ${seconds} s, ${report.asked} requests, ${report.answered} answered, ` +
    `${report.acknowledged} payments acknowledged, ${report.faults.length} faults (seed ${seed})`,
);
await stopPostgres();
process.exitCode = report.faults.length === 0 ? 0 : 1;
