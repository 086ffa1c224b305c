import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CliError } from '../exit.ts';
import { secretFromFile } from './secret-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a secret is made once, for its owner only, and nothing is left beside it', () => {
  const path = join(folder, 'config', 'farthing', 'listen-secret');
  const secret = secretFromFile(path);
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(secretFromFile(path)).toBe(secret);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'config', 'farthing'))).toEqual(['listen-secret']);
});

test('a file that holds something else is named, and not its content', () => {
  const path = join(folder, 'other');
  writeFileSync(path, 'whsec_tooshort\n');
  expect(() => secretFromFile(path)).toThrow(CliError);
  expect(() => secretFromFile(path)).toThrow(`${path} holds no webhook secret`);
});

test('a place that cannot be written to leads to the other ways', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => secretFromFile(join(folder, 'file', 'secret'))).toThrow(
    'Give one with --secret, or in WEBHOOK_SECRET.',
  );
});
