#!/usr/bin/env node
/**
 * The `farthing` command: the same program as `npm run farthing`, on the Node that this repository
 * brings along.
 */
import { run } from '../scripts/run.js';

await run(['src/apps/main.ts', ...process.argv.slice(2)]);
