/** The `farthing` command: starts the server when nothing else is asked. */
import { enableCompileCache } from 'node:module';
import process from 'node:process';

// Before anything else is loaded: what was compiled last time is neither stripped of types nor compiled again, which
// saves a third of the start and the 25 MB that the stripper takes.
enableCompileCache();
const { runCli } = await import('./cli/cli.ts');

const code = await runCli(process.argv.slice(2));
process.exitCode = code;
// A start that failed has opened this and that by then, and what is open keeps a process alive; output has its time.
if (code !== 0) setTimeout(() => process.exit(), 500).unref();
