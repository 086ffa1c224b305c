/** The command line: reads it, runs one command, gives back the exit code. */
import process from 'node:process';
import { Command } from 'commander';
import { ConfigError, effectiveSettings, parseConfig, readEnvFile } from '../config.ts';
import { serve } from '../server.ts';
import { VERSION } from '../version.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';

export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const program = new Command('farthing').version(VERSION);
  program.command('start', { isDefault: true }).action(async () => {
    await serve(parseConfig(effectiveSettings(process.env, readEnvFile())));
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof ConfigError) console.error(error.faults.join('\n'));
    else console.error(error);
    return error instanceof CliError ? error.exitCode : EXIT.failed;
  }
}
