/**
 * Many kills while webhooks are delivered: `node scripts/run.js test/crash/webhook-long.ts [rounds] [seed]`. A line per
 * round, a summary, and exit code 1 when anything is missing.
 */
import process from 'node:process';
import { freshSeed } from '../support/chance.ts';
import { stopPostgres } from '../support/postgres.ts';
import { runWebhookKills } from './webhook-kill.ts';

const [rounds = '50', seed = freshSeed()] = process.argv.slice(2);

console.log(`seed ${seed}`);
const { faults, ...figures } = await runWebhookKills({
  seed,
  rounds: Number(rounds),
  requestsMax: 600,
  onRound: (line) => console.log(line),
});
for (const fault of faults) console.log(fault);
console.log(JSON.stringify({ seed, ...figures, faults: faults.length }));
await stopPostgres();
process.exitCode = faults.length === 0 ? 0 : 1;
