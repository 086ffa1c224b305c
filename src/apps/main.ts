/** The `farthing` command: starts the server when nothing else is asked. */
import process from 'node:process';
import { runCli } from './cli/cli.ts';

process.exitCode = await runCli(process.argv.slice(2));
