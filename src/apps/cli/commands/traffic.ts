/** `farthing traffic`: has a running server make realistic payments, labelled, for a while; and lists what it can make. */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { TRAFFIC_SECONDS, TRAFFIC_SEED_MAX } from '../../../core/traffic/plan.ts';
import { duration, type KeyValue, keyValue, wholeNumber } from '../arguments.ts';
import type { Client } from '../client.ts';
import { CliError, EXIT, ProblemError } from '../exit.ts';
import { note, printLine } from '../output.ts';
import { backOffMs, firstLine, isPassing } from '../patience.ts';
import { startProgress } from '../progress.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { findRun, printPresets, printRun, runFrom, type WireRun } from '../traffic-view.ts';

interface TrafficOptions {
  readonly preset?: string;
  readonly rate?: number;
  readonly for?: number;
  readonly mix?: readonly KeyValue[];
  readonly seed?: number;
}

/** How often it asks how far the run is. */
const LOOK_MS = 500;

/** Answers that may fail to come, one after the other, before the server is given up. */
const FAILURES_MAX = 5;

/** A stop waits for payments on their way, which may wait for a disk. */
const STOP_MS_MAX = 30_000;

export function defineTraffic(command: Command): void {
  command
    .description(
      'Have the server make realistic payments, with labelled fraud among them, and watch it. Ctrl-C stops the run. ' +
        'Without an option it lists the presets.',
    )
    .option('--preset <name>', 'the run to make; quiet_shop when only other options are given')
    .option('--rate <number>', 'payments a second, in the place of the preset’s', decimal)
    .option(
      '--for <time>',
      'how long: 90s, 10m, 2h, 1d; in the place of the preset’s',
      duration(TRAFFIC_SECONDS.max),
    )
    .option(
      '--mix <scenario=weight>',
      'in the place of the whole mix; once for each scenario',
      keyValue,
    )
    .option(
      '--seed <number>',
      'the same seed asks for the same payments',
      wholeNumber(0, TRAFFIC_SEED_MAX),
    )
    .addHelpText(
      'after',
      `
Examples:
  farthing traffic
  farthing traffic --preset card_testing --rate 20 --for 2m
  farthing traffic --mix shopping=9 --mix account_takeover=1 --seed 7 --json`,
    )
    .action(async (_options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      const asked = self.opts<TrafficOptions>();
      if (Object.keys(asked).length === 0) await listPresets(client, isJson);
      else await makeTraffic(client, isJson, bodyOf(asked));
    });
}

/** Its bounds are for the server to say. */
function decimal(text: string): number {
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number such as 20 or 0.5.');
}

async function listPresets(client: Client, isJson: boolean): Promise<void> {
  const { text, body } = await client.get('/simulation/traffic');
  if (isJson) printLine(text);
  else printPresets(body);
}

function bodyOf({ preset, rate, for: seconds, mix, seed }: TrafficOptions): string {
  const weights = mix?.map(([name, weight]) => [name, decimalIn(name, weight)] as const);
  return JSON.stringify({
    preset,
    rate,
    seed,
    duration: seconds,
    mix: weights === undefined ? undefined : Object.fromEntries(weights),
  });
}

function decimalIn(name: string, weight: string): number {
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(weight)) return Number(weight);
  throw new CliError(EXIT.usage, `--mix ${name}: the weight must be a number such as 3 or 0.5`);
}

async function makeTraffic(client: Client, isJson: boolean, body: string): Promise<void> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const options = { idempotencyKey: undefined, waitSeconds: undefined };
  const started = runFrom((await client.post('/simulation/traffic', body, options)).body);
  if (started.preset === 'slow_webhooks') await noteWithoutEndpoints(client);
  const run = await watch(client, started, interrupted.signal);
  if (isJson) printLine(JSON.stringify(run.raw));
  else printRun(run);
  if (run.status === 'failed') throw new CliError(EXIT.failed, `the run failed: ${run.error}`);
}

async function noteWithoutEndpoints(client: Client): Promise<void> {
  const { body } = await client.get('/webhook-endpoints');
  const { data } = body as { data?: unknown };
  if (Array.isArray(data) && data.length === 0) {
    note('There is no webhook endpoint, so nothing will be late: see farthing webhooks add.');
  }
}

/** Until it has ended; the signal ends it. */
async function watch(client: Client, started: WireRun, signal: AbortSignal): Promise<WireRun> {
  const progress = startProgress(started.planned);
  let run = started;
  try {
    for (let failures = 0; run.status === 'running';) {
      await sleep(signal.aborted ? 0 : LOOK_MS, undefined, { signal }).catch(() => {});
      try {
        const now = await look(client, run.id, signal.aborted);
        progress.step(now.sent - run.sent);
        [run, failures] = [now, 0];
      } catch (error) {
        failures += 1;
        if (!isPassing(error) || failures > FAILURES_MAX) throw error;
        progress.say(`${firstLine(error)}; asking again.`);
        await sleep(backOffMs(LOOK_MS, failures, error));
      }
    }
  } finally {
    progress.end();
  }
  return run;
}

/** The run as it stands, or as it is once it was stopped. */
async function look(client: Client, id: string, isToEnd: boolean): Promise<WireRun> {
  const asIs = async () => findRun((await client.get('/simulation/traffic')).body, id);
  const run = await asIs();
  if (run === null) throw goneError();
  if (!isToEnd || run.status !== 'running') return run;
  try {
    await client.delete('/simulation/traffic', STOP_MS_MAX);
  } catch (error) {
    // It ended by itself a moment before.
    if (!(error instanceof ProblemError && error.code === 'traffic_not_running')) throw error;
  }
  return (await asIs()) ?? run;
}

function goneError(): CliError {
  return new CliError(
    EXIT.failed,
    'the server knows nothing of this run any more: it was started anew, or others ran meanwhile\nThe payments that were made are kept; farthing payments list shows them.',
  );
}
