/** `farthing config`: what the server would be started with from here, and why. */
import process from 'node:process';
import type { Command } from 'commander';
import { nearest } from '../../../core/nearest.ts';
import { effectiveSettings } from '../../config.ts';
import { SETTINGS } from '../../settings.ts';
import { shownSettings } from '../../shown-settings.ts';
import { checkSettings, envFile } from '../environment.ts';
import { FaultsError } from '../exit.ts';
import { note, printLine, printTable } from '../output.ts';
import type { GlobalOptions } from '../session.ts';

const SOURCE_STYLES = { environment: 'cyan', '.env': 'green', default: 'dim' } as const;

export function defineConfig(command: Command): void {
  command
    .description('Every setting, its value, and where it came from. Secrets are not shown.')
    .addHelpText('after', '\nExamples:\n  farthing config\n  PORT=9000 farthing config --json')
    .action((_options: unknown, self: Command) => {
      show(self.optsWithGlobals<GlobalOptions>().json === true);
    });
}

function show(isJson: boolean): void {
  const file = envFile();
  const settings = effectiveSettings(process.env, file);
  const { faults } = checkSettings(settings);
  const rows = shownSettings(settings).map(({ name, value, source }) => ({ name, value, source }));
  if (isJson) printLine(JSON.stringify({ settings: rows, faults }));
  else {
    printTable(
      [{ title: 'NAME' }, { title: 'FROM' }, { title: 'VALUE' }],
      rows.map(({ name, value, source }) => [
        { text: name },
        { text: source, style: SOURCE_STYLES[source] },
        value === '' ? { text: '(none)', style: 'dim' } : { text: value },
      ]),
    );
    for (const line of slips(Object.keys(file))) note(line);
  }
  if (faults.length > 0) throw new FaultsError(faults);
}

/** Names in `.env` that are no setting, but nearly one: a slip of the pen there is silent otherwise. */
function slips(names: readonly string[]): string[] {
  const known = SETTINGS.flatMap(({ name, aliases }) => [name, ...aliases]);
  return names
    .filter((name) => !known.some((candidate) => candidate === name))
    .map((name) => [name, nearest(name, known)] as const)
    .filter(([, suggestion]) => suggestion !== null)
    .map(([name, suggestion]) => `.env: ${name} is not a setting; did you mean ${suggestion}?`);
}
