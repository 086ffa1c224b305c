/** `farthing trigger`: makes an event happen, says first how, and fails when it does not come. */
import process from 'node:process';
import type { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import { eventLine } from '../event-view.ts';
import { CliError, EXIT } from '../exit.ts';
import { note, printLine, printTable } from '../output.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { nearestScenario, type Scenario, scenarioNamed, SCENARIOS } from '../trigger/scenarios.ts';
import { createStage } from '../trigger/stage.ts';

interface TriggerOptions extends GlobalOptions {
  readonly timeout: number;
}

const TIMEOUT_SECONDS = 15;
const TIMEOUT_SECONDS_MAX = 3_600;

export function defineTrigger(command: Command): void {
  command
    .description('Make an event happen. Without a scenario: what there is.')
    .argument('[scenario]', 'such as payment.refunded')
    .option(
      '--timeout <seconds>',
      'how long each event may take',
      wholeNumber(1, TIMEOUT_SECONDS_MAX),
      TIMEOUT_SECONDS,
    )
    .addHelpText(
      'after',
      `
Examples:
  farthing trigger
  farthing trigger payment.refunded
  farthing trigger issuer_outage --timeout 30 --json`,
    )
    .action(async (name: string | undefined, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<TriggerOptions>();
      if (name === undefined) showScenarios(options.json === true);
      else await trigger(found(name), options);
    });
}

function found(name: string): Scenario {
  const scenario = scenarioNamed(name);
  if (scenario !== null) return scenario;
  const meant = nearestScenario(name);
  throw new CliError(
    EXIT.usage,
    `there is no scenario ${JSON.stringify(name)}\n` +
      (meant === null ? 'farthing trigger lists them.' : `Did you mean ${meant}?`),
  );
}

function showScenarios(isJson: boolean): void {
  const shown = SCENARIOS.map(({ name, event, does }) => ({ name, event, does }));
  if (isJson) {
    printLine(JSON.stringify(shown));
    return;
  }
  printTable(
    [{ title: 'SCENARIO' }, { title: 'EVENT' }, { title: 'WHAT IT DOES', isCut: true }],
    shown.map(({ name, event, does }) => [
      { text: name, style: 'cyan' },
      { text: event },
      { text: does },
    ]),
  );
}

async function trigger({ does, event, play }: Scenario, options: TriggerOptions): Promise<void> {
  const { client, isJson } = openSession(options);
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  note(does);
  const stage = createStage({
    client,
    timeoutSeconds: options.timeout,
    signal: interrupted.signal,
    onEvent: (seen) => printLine(isJson ? JSON.stringify(seen.raw) : eventLine(seen)),
  });
  try {
    note((await play(stage)) ?? `It came: ${event}.`);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    throw new CliError(EXIT.failed, `stopped before ${event} came`, { cause: error });
  }
}
