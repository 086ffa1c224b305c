/** The `farthing` command: starts the server when nothing else is asked. */
import { enableCompileCache } from 'node:module';
import process from 'node:process';

// Before anything else is loaded: what was compiled last time is neither stripped of types nor compiled again, which
// saves a third of the start and the 25 MB that the stripper takes.
enableCompileCache();
const { runCli } = await import('./cli/cli.ts');

process.exitCode = await runCli(process.argv.slice(2));
