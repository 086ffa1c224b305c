/**
 * Many races through two servers: `node scripts/run.js test/postgres/races-long.ts [payments of a kind]`, 1,000 unless it
 * says otherwise. Exit code 1 when one of them had no winner, or two.
 */
import process from 'node:process';
import { stopPostgres, testDatabase } from '../support/postgres.ts';
import { runRaces } from './races.ts';

const [payments = '1000'] = process.argv.slice(2);
const database = await testDatabase();
const { faults, requests } = await runRaces({
  databaseUrl: database.url,
  payments: Number(payments),
  width: 100,
  atOnce: 4,
  onLine: (line) => console.log(line),
});
await database.drop();
await stopPostgres();
for (const fault of faults) console.log(fault);
console.log(JSON.stringify({ payments: Number(payments) * 3, requests, faults: faults.length }));
process.exitCode = faults.length === 0 ? 0 : 1;
