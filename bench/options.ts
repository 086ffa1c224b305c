/** The command line, read once. Every length of the benchmark is decided here. */
import os from 'node:os';
import { parseArgs } from 'node:util';

export const SECTIONS = [
  'throughput',
  'lives',
  'postgres',
  'latency',
  'webhooks',
  'feed',
  'dashboard',
  'growth',
  'start',
  'cards',
] as const;
export type Section = (typeof SECTIONS)[number];

/**
 * Our own is everywhere, and drives the echo as fast as wrk does: the echo is what is busy. autocannon costs as much
 * as the echo, and on two processors reaches half of it.
 */
export const GENERATORS = ['own', 'wrk', 'autocannon'] as const;
export type GeneratorName = (typeof GENERATORS)[number];

export interface Options {
  readonly sections: readonly Section[];
  readonly generator: GeneratorName;
  /** Prints one JSON document in place of the table. */
  readonly isJson: boolean;
  /** Where the temporary folder is made; its disk is what the server waits for. */
  readonly parentFolder: string;
  /** Where CPU profiles of the loaded servers are kept; null for none. */
  readonly profileFolder: string | null;
  readonly plan: Plan;
}

/** How long and how often; ends of every loop. */
export interface Plan {
  readonly pairs: number;
  readonly roundSeconds: number;
  readonly warmupSeconds: number;
  readonly latencySeconds: number;
  readonly feedSeconds: number;
  /** A multiple of ten. */
  readonly dashboardSeconds: number;
  /** Payments in the file, ascending. */
  readonly sizes: readonly number[];
  /** Card authorizations in the file, ascending, each by a card of its own. */
  readonly cardSizes: readonly number[];
  readonly requestsPerRoute: number;
  readonly starts: number;
  readonly idleSeconds: number;
}

const FULL: Plan = {
  pairs: 5,
  roundSeconds: 3,
  warmupSeconds: 3,
  latencySeconds: 10,
  feedSeconds: 60,
  dashboardSeconds: 60,
  sizes: [1_000, 100_000, 1_000_000],
  cardSizes: [1_000, 1_000_000],
  requestsPerRoute: 1_000,
  starts: 5,
  idleSeconds: 10,
};

/** A look in a minute: enough to see a factor of two, not enough to quote. */
const QUICK: Plan = {
  pairs: 3,
  roundSeconds: 1,
  warmupSeconds: 1,
  latencySeconds: 4,
  feedSeconds: 10,
  dashboardSeconds: 20,
  sizes: [1_000, 50_000],
  cardSizes: [1_000, 50_000],
  requestsPerRoute: 300,
  starts: 3,
  idleSeconds: 3,
};

export const USAGE = `usage: npm run bench -- [options]
  --only <section>       ${SECTIONS.join(' | ')}; may be given several times
  --quick                two minutes instead of fifteen: shorter rounds, files with 50,000 payments and not a million
  --generator <name>     ${GENERATORS.join(' | ')}
  --json                 one JSON document instead of the table
  --folder <path>        where temporary files go (default: the system's temporary folder)
  --profile <folder>     keep CPU profiles of the loaded servers there, and print what they spend`;

/** Throws an Error that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      generator: { type: 'string', default: 'own' },
      json: { type: 'boolean', default: false },
      folder: { type: 'string', default: os.tmpdir() },
      profile: { type: 'string' },
    },
  });
  return {
    sections: values.only?.map((name) => oneOf(SECTIONS, name, '--only')) ?? SECTIONS,
    generator: oneOf(GENERATORS, values.generator, '--generator'),
    isJson: values.json,
    parentFolder: values.folder,
    profileFolder: values.profile ?? null,
    plan: values.quick ? QUICK : FULL,
  };
}

function oneOf<Name extends string>(names: readonly Name[], given: string, option: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined) throw new Error(`${option} takes ${names.join(', ')}, not ${given}`);
  return found;
}
