/** `farthing simulation …`: how the simulated network behaves, looked at and changed while it runs. */
import type { Command } from 'commander';
import { exactNumber } from '../../../adapters/http/exact-number.ts';
import { EXPIRES_SECONDS_MAX } from '../../../adapters/http/limits.ts';
import { duration, type KeyValue, keyValue } from '../arguments.ts';
import type { Answer } from '../client.ts';
import { printable, printLine, printTable } from '../output.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { list, record, textOrNull } from '../wire.ts';

interface SetOptions extends GlobalOptions {
  readonly for?: number;
}

export function defineSimulation(command: Command): void {
  command
    .description('How the simulated network behaves: rates, delays, thresholds, outages.')
    .helpCommand(false);
  defineShow(command.command('show'));
  defineSet(command.command('set'));
}

function defineShow(command: Command): void {
  command
    .description('How it behaves now, and what ends by itself.')
    .addHelpText(
      'after',
      '\nExamples:\n  farthing simulation show\n  farthing simulation show --json',
    )
    .action(async (_options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      show(await client.get('/simulation'), isJson);
    });
}

function defineSet(command: Command): void {
  command
    .description('Change it. It holds at once, and stays through restarts.')
    .argument('<name=value...>', 'names as show has them', keyValue)
    .option(
      '--for <time>',
      'change it back after 90s, 10m, 2h, 1d; else it is for good',
      duration(EXPIRES_SECONDS_MAX),
    )
    .addHelpText(
      'after',
      `
Examples:
  farthing simulation set outage=unavailable --for 10m
  farthing simulation set failure_rate=0 fraud_threshold=10000,JPY:1500000`,
    )
    .action(async (changes: readonly KeyValue[], _options: unknown, self: Command) => {
      const { for: seconds, ...options } = self.optsWithGlobals<SetOptions>();
      const { client, isJson } = openSession(options);
      show(await client.send('PATCH', '/simulation', patchText(changes, seconds)), isJson);
    });
}

/** What the values mean is for the server to say. */
function patchText(changes: readonly KeyValue[], seconds: number | undefined): string {
  const fields = Object.fromEntries(changes.map(([name, value]) => [name, valueOf(value)]));
  return JSON.stringify({ ...fields, ...(seconds === undefined ? {} : { expires_in: seconds }) });
}

/** A number goes out with the digits that were typed. */
function valueOf(text: string): unknown {
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return exactNumber(text);
  if (text === 'on' || text === 'true') return true;
  return text === 'off' || text === 'false' ? false : text;
}

/** What `show` says in other columns. */
const TIMES = ['temporary', 'expires_at'];

function show({ text, body }: Answer, isJson: boolean): void {
  if (isJson) {
    printLine(text);
    return;
  }
  const fields = record(body);
  const temporary = list(fields, 'temporary');
  const expiresAt = textOrNull(fields, 'expires_at') ?? '';
  printTable(
    [{ title: 'NAME' }, { title: 'VALUE' }, { title: 'UNTIL' }],
    Object.entries(fields)
      .filter(([name]) => !TIMES.includes(name))
      .map(([name, value]) => [
        { text: printable(name) },
        { text: printable(String(value)) },
        { text: temporary.includes(name) ? printable(expiresAt) : '', style: 'yellow' },
      ]),
  );
}
