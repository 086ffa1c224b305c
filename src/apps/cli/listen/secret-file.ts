/**
 * The secret that `listen` signs with: made once for each person on a machine, so that it can stand in the
 * configuration of what is being developed.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { isSecret, newSecret } from '../../../adapters/webhooks/secret.ts';
import { CliError, EXIT } from '../exit.ts';

/** Reads it, or makes it first. */
export function secretFromFile(path: string): string {
  const text = read(path) ?? made(path);
  if (isSecret(text)) return text;
  throw new CliError(
    EXIT.usage,
    `${path} holds no webhook secret; remove it, and a new one is made`,
  );
}

/** By the XDG Base Directory Specification, by which a relative path does not count. */
export function secretFilePath(): string {
  const named = process.env['XDG_CONFIG_HOME'] ?? '';
  const folder = isAbsolute(named) ? named : join(homedir(), '.config');
  return join(folder, 'farthing', 'listen-secret');
}

/** Null when there is none. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (isCoded(error, 'ENOENT')) return null;
    throw unusable(path, 'read', error);
  }
}

/** Written aside and linked into place: of two that make it at once, both get the same. */
function made(path: string): string {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  const secret = newSecret(randomBytes);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(aside, `${secret}\n`, { mode: 0o600 });
    linkSync(aside, path);
    return secret;
  } catch (error) {
    if (isCoded(error, 'EEXIST')) return readFileSync(path, 'utf8').trim();
    throw unusable(path, 'written', error);
  } finally {
    rmSync(aside, { force: true });
  }
}

function unusable(path: string, done: 'read' | 'written', error: unknown): CliError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CliError(
    EXIT.usage,
    `the secret in ${path} cannot be ${done}: ${reason}\nGive one with --secret, or in WEBHOOK_SECRET.`,
    { cause: error },
  );
}

function isCoded(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
