/** The package as it is published: built, imported by its name, with the examples of its README. */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { all, start } from './service.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = createRequire(path.join(root, 'package.json')).resolve('typescript/bin/tsc');
const types = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));

/** A project that has the package installed, and nothing else. */
const project = mkdtempSync(path.join(tmpdir(), 'farthing-sdk-'));
const installed = path.join(project, 'node_modules/@farthing/sdk');

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  copyFileSync(path.join(root, 'package.json'), path.join(installed, 'package.json'));
  const config = path.join(root, 'tsconfig.build.json');
  await tool(compiler, '-p', config, '--outDir', path.join(installed, 'dist'));
}, 120_000);
afterAll(() => rmSync(project, { recursive: true }));

/** Runs it to its end; what it printed is the error when it fails. */
async function tool(...args: readonly string[]): Promise<string> {
  try {
    return (await run(process.execPath, args, { cwd: project })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${stdout}${stderr}`, { cause: error });
  }
}

/** The TypeScript in the README. */
function examples(): string[] {
  const text = readFileSync(path.join(root, 'README.md'), 'utf8');
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code);
}

/** What the compiler must refuse: types that got lost on the way would let it pass. */
const WRONG = `
import { createClient } from '@farthing/sdk';
// @ts-expect-error
void createClient().payments.create({ amount: '12' });
// @ts-expect-error
void createClient().payments.list({ status: 'PAID' });
`;

describe('the package', () => {
  test('imports nothing but its own files, all of which are there', () => {
    const dist = path.join(installed, 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
    const programs = files.filter((name) => name.endsWith('.js'));
    expect(programs).toContain('index.js');
    const specifiers: string[] = [];
    for (const name of programs) {
      expect(files).toContain(name.replace(/\.js$/, '.d.ts'));
      const code = readFileSync(path.join(dist, name), 'utf8');
      for (const [, specifier = ''] of code.matchAll(/\b(?:from|import)[ (]*["']([^"']+)["']/g)) {
        expect(specifier).toMatch(/^\.{1,2}\/.*\.js$/);
        expect(existsSync(path.join(dist, path.dirname(name), specifier))).toBe(true);
        specifiers.push(specifier);
      }
    }
    expect(specifiers).toContain('./client.js');
  });

  test('has types that the examples of the README fit', async () => {
    const names = examples().map((code, index) => {
      writeFileSync(path.join(project, `example-${index}.ts`), code);
      return `example-${index}.ts`;
    });
    expect(names.length).toBeGreaterThan(4);
    writeFileSync(path.join(project, 'wrong.ts'), WRONG);
    const options = {
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [types],
    };
    const config = { compilerOptions: options, files: [...names, 'wrong.ts'] };
    writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(path.join(project, 'package.json'), '{"type":"module"}');
    expect(await tool(compiler, '-p', project)).toBe('');
  }, 120_000);

  test('runs the examples of the README', async () => {
    const { client, port } = await start();
    const simulate = { outcome: 'PROCESSING_ERROR' } as const;
    const failed = await client.payments.create(
      { amount: 1, currency: 'USD', recipient: 'a', simulate },
      { waitSeconds: 10 },
    );
    const printed: string[] = [];
    for (const [index, code] of examples().entries()) {
      // The receiver of webhooks would not end.
      if (code.includes('createServer')) continue;
      const here = code
        .replaceAll('http://127.0.0.1:8000', `http://127.0.0.1:${port}`)
        .replaceAll('createClient()', 'createClient({})')
        .replaceAll('createClient({', `createClient({ baseUrl: 'http://127.0.0.1:${port}',`);
      const file = path.join(project, `run-${index}.ts`);
      writeFileSync(file, here);
      printed.push(await tool(file));
    }
    expect(printed[0]).toContain(`${failed.payment_id} PROCESSING_ERROR`);
    expect(printed[1]).toContain('400 invalid_amount_precision');
    expect(printed[3]).toContain('payment.succeeded');
    const made = await all(client.payments.list());
    expect(made.map(({ amount }) => amount)).toEqual([10, 250, 1]);
    expect(made[1]?.amount_refunded).toBe(50.01);
  });
});
