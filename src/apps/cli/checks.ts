/** The checks of `farthing doctor` that need no database: the machine, the configuration, the port. */
import { existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { openDatabase } from '../../adapters/storage/sqlite/database.ts';
import type { Config, EffectiveSetting } from '../config.ts';
import { hasFile } from '../database-kind.ts';
import { CliError, EXIT, ProblemError } from './exit.ts';
import type { CheckLine } from './output.ts';
import type { Session } from './session.ts';
import { isRecord } from './wire.ts';
import { count } from './wording.ts';

/** What a check found; its name is added by whoever made it. */
export type Finding = Omit<CheckLine, 'name'>;

/** Who answers where the server should be. */
export type Answering = 'farthing' | 'stranger' | 'nobody';

const NODE_MAJOR_MIN = 26;

/** A payment with its events takes some 3 KB: room for thirty thousand. */
const FREE_MIB_MIN = 100;

export function ok(detail: string): Finding {
  return { status: 'ok', detail, remarks: [] };
}

export function failed(detail: string, ...remarks: string[]): Finding {
  return { status: 'failed', detail, remarks };
}

export function skipped(detail: string): Finding {
  return { status: 'skipped', detail, remarks: [] };
}

/** What to say where a check could not even be made. */
export function failedBy(error: unknown): Finding {
  return failed(error instanceof Error ? error.message : String(error));
}

export function checkNode(): Finding {
  const { node } = process.versions;
  return Number.parseInt(node, 10) >= NODE_MAJOR_MIN
    ? ok(node)
    : failed(
        `${node} is too old; ${NODE_MAJOR_MIN} is needed`,
        'start with npm start or npx farthing, which bring their own',
      );
}

/** Opening any database makes sure of the version. */
export function checkSqlite(): Finding {
  void openDatabase(':memory:').close();
  return ok(process.versions['sqlite'] ?? '');
}

export function checkConfiguration(
  settings: readonly EffectiveSetting[],
  faults: readonly string[],
): Finding {
  if (faults.length > 0) {
    return failed(
      count(faults.length, 'fault'),
      ...faults,
      'farthing config shows where each came from',
    );
  }
  const own = settings.filter(({ source }) => source !== 'default').length;
  return ok(`${count(settings.length, 'setting')}, ${own === 0 ? 'none' : own} set here`);
}

export function checkDisk({ databasePath }: Config): Finding {
  const { bavail, bsize } = statfsSync(
    existingFolder(hasFile({ databasePath }) ? databasePath : '.'),
  );
  const freeMib = Math.floor((bavail * bsize) / 2 ** 20);
  const shown = freeMib < 10_240 ? `${freeMib} MiB free` : `${Math.floor(freeMib / 1024)} GiB free`;
  return freeMib >= FREE_MIB_MIN
    ? ok(shown)
    : failed(
        `only ${shown}`,
        'when the disk is full, payments are answered with 503 until there is room again',
      );
}

/** The first folder above `path` that exists: its disk is the one to be written to. */
function existingFolder(path: string): string {
  const folder = dirname(resolve(path));
  return existsSync(folder) ? folder : existingFolder(folder);
}

/** `session` is null when there is no URL to ask at: PORT is 0. */
export async function checkPort(
  config: Config,
  session: Session | null,
  answering: Answering,
): Promise<Finding> {
  if (session === null) return ok('any free one will be taken');
  const { client, isUrlGiven } = session;
  if (answering === 'farthing') return ok(`Farthing answers at ${client.url}`);
  if (answering === 'stranger') {
    return failed(
      `something else than Farthing answers at ${client.url}`,
      'stop it, or give Farthing another port: PORT=8001',
    );
  }
  if (isUrlGiven) {
    return failed(`nothing answers at ${client.url}`, 'start the server there, or correct --url');
  }
  const fault = await faultOfListening(config);
  if (fault === null) return ok(`${config.port} is free`);
  const advice = { EADDRINUSE: 'is in use by another program', EACCES: 'needs privileges' }[fault];
  return failed(
    `${config.port} ${advice ?? `of ${config.host} cannot be listened on (${fault})`}`,
    'give Farthing another address with HOST and PORT, such as PORT=8001',
  );
}

/** Asks for what only we answer in this form. */
export async function whoAnswers({ client }: Session): Promise<Answering> {
  try {
    const { body } = await client.get('/readyz', { wait: '5' });
    return isRecord(body) && body['status'] === 'ready' && 'reason' in body
      ? 'farthing'
      : 'stranger';
  } catch (error) {
    if (error instanceof ProblemError) return 'farthing';
    const isAnswered = error instanceof CliError && error.cause === undefined;
    if (isAnswered && error.exitCode === EXIT.unreachable) return 'stranger';
    return 'nobody';
  }
}

/** Listens for a moment; the code of what prevents that, or null. */
function faultOfListening({ host, port }: Config): Promise<string | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done('code' in error ? String(error.code) : error.message));
    server.listen({ host, port }, () => server.close(() => done(null)));
  });
}
