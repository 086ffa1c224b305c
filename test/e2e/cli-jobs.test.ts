/** `farthing jobs` from outside: the real program against a real server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine, ended, type Json, json, lines } from '../support/cli.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-cli-jobs-'));
const cli = commandLine(folder, () => ({ FARTHING_URL: server.url }));
let server: ServerProcess & { url: string };

beforeAll(async () => {
  server = await startServer({ database: join(folder, 'main.db') });
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true });
});

const SEED = ['jobs', 'run', 'seed_synthetic_transactions'];

async function get(path: string): Promise<Json> {
  const response = await fetch(`${server.url}${path}`);
  return (await response.json()) as Json;
}

test('says where there are none', async () => {
  const run = await cli.run(['jobs', 'list']);
  expect(run).toMatchObject({ code: 0, stdout: '', stderr: 'No jobs here.\n' });
});

test('has a job done, shows how far it is, and what it came to', async () => {
  const run = await cli.run([...SEED, '--count', '400', '--batch-size', '40', '--follow']);
  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/^400 of 400, [\d,]+ a second$/m);
  expect(run.stdout).toMatch(/^Job {2,}job_\S+$/m);
  expect(run.stdout).toMatch(/^Params {2,}count 400, batch_size 40, seed job_/m);
  expect(run.stdout).toMatch(/^Status {2,}succeeded$/m);
  expect(run.stdout).toMatch(/^Done {2,}400 of 400$/m);
  expect(run.stdout).toMatch(/^Result {2,}payments 400, seed job_/m);
  expect((await get('/summary'))['total']).toBe(400);
});

test('lists and shows them, for people and with --json', async () => {
  const list = await cli.run(['jobs', 'list', '--status', 'succeeded']);
  const [head = '', row = ''] = lines(list.stdout);
  expect(head).toMatch(/^JOB +TYPE +STATUS +DONE +AGE +ERROR$/);
  expect(row).toMatch(/^job_\S+ +seed_synthetic_transactions +succeeded +400 of 400 /);
  expect(json(await cli.run(['jobs', 'list', '--json']))).toEqual(await get('/jobs'));
  const [id = ''] = row.split(' ');
  expect(json(await cli.run(['jobs', 'show', id, '--json']))).toEqual(await get(`/jobs/${id}`));
  const shown = await cli.run(['jobs', 'show', id, '--follow']);
  expect(shown.stdout).toMatch(/^Finished {2,}20/m);
});

test('under one key has a job done once, and says so', async () => {
  const args = ['jobs', 'run', 'retention', '--keep-days', '7', '--idempotency-key', 'k-1'];
  const first = await cli.run([...args, '--json']);
  const second = await cli.run([...args, '--json']);
  expect(second.stdout).toBe(first.stdout);
  expect(second.stderr).toContain('This key was used before');
});

test('Ctrl-C ends the watching and not the job; cancel ends the job, and whoever watches it', async () => {
  const watching = cli.start([...SEED, '--count', '1000000', '--follow', '--json']);
  const said = ended(watching);
  const id = await watchedId(watching.stderr);
  watching.kill('SIGINT');
  const run = await said;
  expect(run.code).toBe(0);
  expect(run.stderr).toContain(`farthing jobs show ${id} --follow`);
  expect(json(run)).toMatchObject({ id });

  const follower = cli.start(['jobs', 'show', id, '--follow']);
  const other = ended(follower);
  await watchedId(follower.stderr);
  const canceled = await cli.run(['jobs', 'cancel', id]);
  expect(canceled.code).toBe(0);
  expect(canceled.stdout).toMatch(/^Status {2,}canceled$/m);
  const seen = await other;
  expect(seen.code).toBe(1);
  expect(seen.stderr).toContain('the job canceled');
});

/** The job that it says it watches. */
async function watchedId(stderr: NodeJS.ReadableStream): Promise<string> {
  let said = '';
  const { promise, resolve } = Promise.withResolvers<string>();
  stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const [, id] = /^Watching (job_\S+);/m.exec(said) ?? [];
    if (id !== undefined) resolve(id);
  });
  return promise;
}

test('says what is wrong, and exits with 1 for a refusal and 2 for wrong usage', async () => {
  const unknown = await cli.run(['jobs', 'run', 'seeding']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('must be one of seed_synthetic_transactions');
  const without = await cli.run(SEED);
  expect(without).toMatchObject({ code: 1 });
  expect(without.stderr).toContain('/params/count');
  expect((await cli.run([...SEED, '--count', '0'])).code).toBe(2);
  const none = await cli.run(['jobs', 'show', 'job_none']);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('job_not_found');
});
