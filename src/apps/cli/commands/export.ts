/** `farthing export`: everything that the database holds, as lines of JSON. */
import { open, rm } from 'node:fs/promises';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { exportText } from '../../../adapters/storage/transfer/move.ts';
import type { Reconciliation } from '../../../adapters/storage/transfer/reconciliation.ts';
import { loadConfig } from '../environment.ts';
import { CliError, EXIT } from '../exit.ts';
import { note } from '../output.ts';
import { asCliError, openSource } from '../transfer.ts';
import { VERSION } from '../../version.ts';
import { count } from '../wording.ts';

interface ExportOptions {
  readonly output?: string;
}

export function defineExport(command: Command): void {
  command
    .description(
      'Write everything that the database of DATABASE_URL holds to a file or a pipe, for farthing import: payments, ' +
        'ledger, log, timers, answers under keys, settings, webhooks with their secrets, jobs. A server on SQLite has ' +
        'to be stopped first; on Postgres it is a snapshot, and servers may go on.',
    )
    .option('--output <file>', 'a new file, which only its owner may read; else stdout')
    .addHelpText(
      'after',
      `
Examples:
  farthing export --output farthing.ndjson
  farthing export | DATABASE_URL=postgres://me@host/farthing farthing import`,
    )
    .action(({ output }: ExportOptions) => exportAll(output));
}

async function exportAll(output: string | undefined): Promise<void> {
  if (output === undefined && process.stdout.isTTY) {
    throw new CliError(
      EXIT.usage,
      'an export holds secrets and is not for a screen: give it a file (--output farthing.ndjson) or a pipe',
    );
  }
  const config = loadConfig();
  try {
    const source = await openSource(config);
    try {
      let total: Reconciliation | null = null;
      const made = { made_by: VERSION, made_at: new Date().toISOString() };
      const text = Readable.from(exportText(source, made, (all) => (total = all)));
      if (output === undefined) await pipeline(text, process.stdout, { end: false });
      else await toFile(text, output);
      if (total !== null) say(total, output ?? 'stdout');
    } finally {
      await source.close();
    }
  } catch (error) {
    throw asCliError(error, config);
  }
  if (process.env['CARD_FINGERPRINT_KEY'] !== undefined) {
    note('CARD_FINGERPRINT_KEY is set here and not in the export: set it where you import, too');
  }
}

/** A file that is there is never written over, and half a one does not stay. */
async function toFile(text: Readable, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.usage, `${path} cannot be made: ${reason}; name a new file`);
  });
  try {
    await pipeline(text, file.createWriteStream({ flush: true }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

function say({ kinds }: Reconciliation, where: string): void {
  const { payments, events, webhook_deliveries: deliveries } = kinds;
  note(
    `wrote ${count(payments.rows, 'payment')}, ${count(events.rows, 'event')} and ` +
      `${count(deliveries.rows, 'webhook delivery', 'webhook deliveries')} to ${where}`,
  );
  note('it holds every secret of this database (keys of hashes and webhooks): keep it as one');
}
