/** `farthing import`: fills an empty database with an export, and shows that nothing is missing. */
import { createReadStream, existsSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { differences, importText } from '../../../adapters/storage/transfer/move.ts';
import type { Compared } from '../../../adapters/storage/transfer/reconciliation.ts';
import { shownDatabase } from '../../database-kind.ts';
import { loadConfig } from '../environment.ts';
import { CliError, EXIT } from '../exit.ts';
import { printLine, printTable } from '../output.ts';
import type { GlobalOptions } from '../session.ts';
import { asCliError, openTarget } from '../transfer.ts';
import { count } from '../wording.ts';

interface ImportOptions extends GlobalOptions {
  readonly input?: string;
}

export function defineImport(command: Command): void {
  command
    .description(
      'Fill the empty database of DATABASE_URL with what farthing export wrote, and count it there again: every figure ' +
        'is printed as it was exported and as it is here. When one differs nothing is imported.',
    )
    .option('--input <file>', 'an export; else stdin')
    .addHelpText(
      'after',
      `
Examples:
  DATABASE_URL=postgres://me@host/farthing farthing import --input farthing.ndjson
  farthing export | DATABASE_URL=sqlite:./copy.db farthing import`,
    )
    .action((_options: unknown, self: Command) => importAll(self.optsWithGlobals<ImportOptions>()));
}

async function importAll({ input, json }: ImportOptions): Promise<void> {
  const config = loadConfig();
  const lines = createInterface({ input: inputOf(input), crlfDelay: Infinity });
  let compared: readonly Compared[];
  try {
    compared = await importText(lines, (header) => openTarget(config, header));
  } catch (error) {
    throw asCliError(error, config);
  }
  const different = differences(compared);
  if (json === true) {
    printLine(
      JSON.stringify({
        ok: different.length === 0,
        database: shownDatabase(config),
        figures: compared,
        differences: different.length,
      }),
    );
  } else printFigures(compared);
  if (different.length > 0) {
    throw new CliError(
      EXIT.failed,
      `${count(different.length, 'figure')} of ${compared.length} came out differently; nothing was imported`,
    );
  }
}

function inputOf(path: string | undefined): NodeJS.ReadableStream {
  if (path !== undefined) {
    if (!existsSync(path)) throw new CliError(EXIT.usage, `there is no file ${path}`);
    return createReadStream(path);
  }
  if (process.stdin.isTTY) {
    throw new CliError(
      EXIT.usage,
      'there is nothing to import: name a file (--input farthing.ndjson), or pipe farthing export in',
    );
  }
  return process.stdin;
}

function printFigures(compared: readonly Compared[]): void {
  const columns = [
    { title: 'WHAT' },
    { title: 'EXPORTED', align: 'right' as const },
    { title: 'HERE', align: 'right' as const },
    { title: '' },
  ];
  printTable(
    columns,
    compared.map(({ name, exported, here }) => [
      { text: name },
      { text: exported },
      { text: here },
      exported === here ? { text: '=' } : { text: 'differs', style: 'red' as const },
    ]),
  );
  const { length } = differences(compared);
  printLine(`${count(compared.length, 'figure')}, ${count(length, 'difference')}`);
}
