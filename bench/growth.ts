/** Whether reading costs more as more is stored: the same requests, one after the other, on files of several sizes. */
import type { Bench } from './bench.ts';
import { getRequest } from './bodies.ts';
import { connect, type Connection } from './connection.ts';
import { FILLED_SETTINGS, type FilledFiles } from './fill.ts';
import { figure, type Line } from './report.ts';
import { getText, startServer } from './server-process.ts';
import { median } from './statistics.ts';

const RATIO_MAX = 1.5;

/** Share of the requests that come first and are not counted. */
const WARMUP_SHARE = 0.2;

interface Subject {
  readonly size: number;
  readonly connection: Connection;
  /** Requests by the route's name. */
  readonly paths: ReadonlyMap<string, Buffer>;
}

export async function measureGrowth(
  bench: Bench,
  files: FilledFiles,
  cardFiles: FilledFiles,
): Promise<Line[]> {
  return [
    ...(await measureRoutes(bench, files, { pathsAt: listPaths, unit: 'payments' })),
    ...(await measureRoutes(bench, cardFiles, { pathsAt: cardPaths, unit: 'transactions' })),
  ];
}

/** Path and query by the route's name, for the server at `url`. */
type Paths = Readonly<Record<string, string>>;

interface Routes {
  readonly pathsAt: (url: string) => Promise<Paths>;
  /** What there are more of in a larger file. */
  readonly unit: string;
}

async function measureRoutes(
  bench: Bench,
  files: FilledFiles,
  { pathsAt, unit }: Routes,
): Promise<Line[]> {
  const servers = await Promise.all(
    [...files].map(async ([size, databasePath]) => ({
      size,
      server: await startServer(bench, { databasePath, settings: FILLED_SETTINGS }),
    })),
  );
  const subjects = await Promise.all(
    servers.map(async ({ size, server }) =>
      openSubject(size, server.url, await pathsAt(server.url)),
    ),
  );
  const lines: Line[] = [];
  for (const name of subjects[0]?.paths.keys() ?? []) {
    lines.push(...(await measureRoute(bench, subjects, { name, unit })));
  }
  for (const { connection } of subjects) connection.close();
  await Promise.all(servers.map(({ server }) => server.stop()));
  return lines;
}

async function openSubject(size: number, url: string, paths: Paths): Promise<Subject> {
  const connection = await connect(new URL(url), (error) => {
    throw error;
  });
  const requests = Object.entries(paths).map(
    ([name, path]) => [name, getRequest(new URL(path, url))] as const,
  );
  return { size, connection, paths: new Map(requests) };
}

async function listPaths(url: string): Promise<Paths> {
  return {
    'GET /summary': '/summary',
    'GET /payments?limit=20': '/payments?limit=20',
    'GET /payments?limit=20&status=FAILED': '/payments?limit=20&status=FAILED',
    'GET /payments?limit=20&q=alice.12': '/payments?limit=20&q=alice.12',
    'GET /payments?limit=20&cursor=(the middle)': `/payments?limit=20&cursor=${await middleCursor(url)}`,
  };
}

async function cardPaths(): Promise<Paths> {
  return { 'GET /stats': '/stats' };
}

/** A cursor with about as many payments before it as behind it, found by the time halfway. */
async function middleCursor(url: string): Promise<string> {
  const newest = await page(`${url}/payments?limit=1`);
  const first = Date.parse(newest.data[0]?.created_at ?? '');
  const events = await getText(`${url}/events?limit=1`);
  const oldest = Date.parse(/"created_at":"([^"]+)"/.exec(events)?.[1] ?? '');
  const middle = new Date((first + oldest) / 2).toISOString();
  const { next_cursor: cursor } = await page(`${url}/payments?limit=1&created_at[lt]=${middle}`);
  if (cursor === null) throw new Error('there is no payment before the middle');
  return cursor;
}

interface PaymentPage {
  readonly data: readonly { readonly created_at: string }[];
  readonly next_cursor: string | null;
}

async function page(url: string): Promise<PaymentPage> {
  return JSON.parse(await getText(url)) as PaymentPage;
}

/** Sizes take turns, request by request, so that a disturbance meets all of them. */
async function measureRoute(
  bench: Bench,
  subjects: readonly Subject[],
  { name, unit }: { name: string; unit: string },
): Promise<Line[]> {
  const { requestsPerRoute } = bench.options.plan;
  const times = new Map(subjects.map((subject) => [subject, [] as number[]]));
  for (let round = 0; round < requestsPerRoute * (1 + WARMUP_SHARE); round += 1) {
    for (const [subject, measured] of times) {
      const ms = await timeOf(subject, name);
      if (round >= requestsPerRoute * WARMUP_SHARE) measured.push(ms);
    }
  }
  const medians = [...times].map(([{ size }, measured]) => ({ size, ms: median(measured) }));
  const smallest = medians[0]?.ms ?? Number.NaN;
  return medians.map(({ size, ms }, index) => ({
    section: 'growth',
    name: `${name}, ${size.toLocaleString('en')} ${unit}`,
    value: ms / smallest,
    unit: '',
    target: index === 0 ? null : { kind: 'at_most', value: RATIO_MAX },
    note: `median ${figure(ms, 'ms')}`,
  }));
}

function timeOf({ connection, paths }: Subject, name: string): Promise<number> {
  const request = paths.get(name);
  return new Promise((resolve, reject) => {
    if (request === undefined) return reject(new Error(`no request is named ${name}`));
    const startedAt = performance.now();
    connection.send(request, (status, received) => {
      if (status === 200) resolve(performance.now() - startedAt);
      else reject(new Error(`${name} answered ${received}`));
    });
  });
}
