/**
 * The command line: reads it, runs one command, gives back the exit code. Only the named command's modules are
 * loaded: the server must not pay for the others, and the others must not load a server.
 */
import process from 'node:process';
import { debuglog, inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { assert } from '../../core/assert.ts';
import { hideCardNumbers } from '../../core/card.ts';
import { VERSION } from '../version.ts';
import { CliError, EXIT, type ExitCode, FaultsError, ProblemError } from './exit.ts';
import { printError, printLine, styled } from './output.ts';
import type { GlobalOptions } from './session.ts';

interface Named {
  readonly name: string;
  /** Of SUMMARY_COLUMNS at the most: two of them stand on a line. */
  readonly summary: string;
  /** Gives the command its arguments, options and action. */
  readonly load: () => Promise<(command: Command) => void>;
}

/** The overview shows them in two columns: the first half on the left. */
const COMMANDS: readonly Named[] = [
  {
    name: 'start',
    summary: 'run the server',
    load: async () => (await import('./commands/start.ts')).defineStart,
  },
  {
    name: 'worker',
    summary: 'timers, webhooks, jobs',
    load: async () => (await import('./commands/worker.ts')).defineWorker,
  },
  {
    name: 'payments',
    summary: 'create, get, list, refund',
    load: async () => (await import('./commands/payments.ts')).definePayments,
  },
  {
    name: 'authorize',
    summary: 'a card payment, at once',
    load: async () => (await import('./commands/authorize.ts')).defineAuthorize,
  },
  {
    name: 'cards',
    summary: 'card numbers for testing',
    load: async () => (await import('./commands/cards.ts')).defineCards,
  },
  {
    name: 'events',
    summary: 'the event log, also live',
    load: async () => (await import('./commands/events.ts')).defineEvents,
  },
  {
    name: 'listen',
    summary: 'send events to your code',
    load: async () => (await import('./commands/listen.ts')).defineListen,
  },
  {
    name: 'trigger',
    summary: 'make an event happen',
    load: async () => (await import('./commands/trigger.ts')).defineTrigger,
  },
  {
    name: 'webhooks',
    summary: 'add, list, test, resend',
    load: async () => (await import('./commands/webhooks.ts')).defineWebhooks,
  },
  {
    name: 'rules',
    summary: 'show, check, set',
    load: async () => (await import('./commands/rules.ts')).defineRules,
  },
  {
    name: 'simulation',
    summary: 'show, set: rates, outage',
    load: async () => (await import('./commands/simulation.ts')).defineSimulation,
  },
  {
    name: 'seed',
    summary: 'make realistic payments',
    load: async () => (await import('./commands/seed.ts')).defineSeed,
  },
  {
    name: 'traffic',
    summary: 'payments with fraud, live',
    load: async () => (await import('./commands/traffic.ts')).defineTraffic,
  },
  {
    name: 'jobs',
    summary: 'run, list, show, cancel',
    load: async () => (await import('./commands/jobs.ts')).defineJobs,
  },
  {
    name: 'reset',
    summary: 'remove all payments',
    load: async () => (await import('./commands/reset.ts')).defineReset,
  },
  {
    name: 'ledger',
    summary: 'check: recount all totals',
    load: async () => (await import('./commands/ledger.ts')).defineLedger,
  },
  {
    name: 'audit',
    summary: 'verify: hash all events',
    load: async () => (await import('./commands/audit.ts')).defineAudit,
  },
  {
    name: 'export',
    summary: 'write all data to a file',
    load: async () => (await import('./commands/export.ts')).defineExport,
  },
  {
    name: 'import',
    summary: 'fill an empty database',
    load: async () => (await import('./commands/import.ts')).defineImport,
  },
  {
    name: 'config',
    summary: 'settings, and from where',
    load: async () => (await import('./commands/config.ts')).defineConfig,
  },
  {
    name: 'doctor',
    summary: 'what is wrong, what to do',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
];

const OPTIONS = `
Options, for every command:
  --json           JSON on stdout, and nothing else there
  --url <url>      the server; else FARTHING_URL, else HOST and PORT
  --api-key <key>  else FARTHING_API_KEY
  --help           what a command takes, with examples; --version: which this is
Example: farthing payments list --status FAILED --json | jq '.data[].payment_id'
Exit codes: 0 done, 1 refused or failed, 2 wrong usage or settings, 3 no answer.
`;

const NAME_COLUMNS = 10;
const SUMMARY_COLUMNS = 25;

/** For whoever looks for a bug: NODE_DEBUG=farthing shows the stack behind an error. */
const debug = debuglog('farthing');

/** Runs the command that `args` (without node and script) ask for. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const expandedArgs = expanded(args);
  outliveReaders(['start', 'worker'].includes(expandedArgs[0] ?? ''));
  const program = createProgram();
  try {
    await program.parseAsync(expandedArgs, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return exitCodeOf(error, program.opts<GlobalOptions>().json === true);
  }
}

/** No command starts the server; `help x` is `x --help`. */
function expanded(args: readonly string[]): readonly string[] {
  if (args.length === 0) return ['start'];
  return args[0] === 'help' ? [...args.slice(1), '--help'] : args;
}

function createProgram(): Command {
  const program: Command = new Command('farthing')
    .version(VERSION, '--version')
    .option('--json', 'JSON on stdout, and nothing else there')
    .option('--url <url>', 'the server; else FARTHING_URL, else HOST and PORT')
    .option('--api-key <key>', 'else FARTHING_API_KEY')
    .helpOption('--help', 'print this')
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: () => program.options.filter(({ long }) => long !== '--version'),
      styleTitle: (title) => styled('bold', title),
      styleCommandText: (text) => styled('cyan', text),
    })
    .configureOutput({
      outputError: (text) => printError(text.replace(/^error: /, '').trimEnd()),
    })
    .exitOverride();
  program.helpInformation = overview;
  const loaders = new Map(COMMANDS.map(({ name, load }) => [name, load]));
  for (const { name } of COMMANDS) program.command(name);
  program.hook('preSubcommand', async (_program, command) => {
    const define = await loaders.get(command.name())?.();
    define?.(command);
  });
  return program;
}

/** All of it on one screen of 24 lines and 80 columns. */
function overview(): string {
  const title = (text: string) =>
    text.replaceAll(/^[A-Z][^\n]*:/gm, (head) => styled('bold', head));
  return [
    'Farthing: a whole payment network in one process.',
    title('Usage: farthing [command] [options]; without a command it starts the server'),
    '',
    title('Commands:'),
    ...commandLines(),
    title(OPTIONS),
  ].join('\n');
}

function commandLines(): string[] {
  const half = Math.ceil(COMMANDS.length / 2);
  return COMMANDS.slice(0, half).map((left, index) => {
    const right = COMMANDS[index + half];
    const text = right === undefined ? '' : `   ${commandText(right)}`;
    return `  ${commandText(left)}${text}`.trimEnd();
  });
}

function commandText({ name, summary }: Named): string {
  assert(summary.length <= SUMMARY_COLUMNS, 'two summaries fit on a line');
  return `${styled('cyan', name.padEnd(NAME_COLUMNS))}  ${summary.padEnd(SUMMARY_COLUMNS)}`;
}

/** Says what went wrong, once. */
function exitCodeOf(error: unknown, isJson: boolean): ExitCode {
  if (debug.enabled) debug('%s', hideCardNumbers(inspect(error)));
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ProblemError && isJson) printLine(error.body.trimEnd());
  else if (error instanceof FaultsError) error.faults.forEach(printError);
  else printError(error instanceof Error ? error.message : String(error));
  return error instanceof CliError ? error.exitCode : EXIT.failed;
}

/**
 * Whoever reads us may stop early (`| head`): that ends a command, and is no error; a full disk is one. A server goes
 * on: it is there for more than its output.
 */
function outliveReaders(isServer: boolean): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: Error) => {
      if (isServer) return;
      if ('code' in error && error.code === 'EPIPE') process.exit(EXIT.ok);
      if (stream === process.stdout) printError(`the output cannot be written: ${error.message}`);
      process.exit(EXIT.failed);
    });
  }
}
