/**
 * The secret of the endpoint that WEBHOOK_URL names. The server shows no secret twice, and nobody was there when this
 * one was made: whoever may read the server's files finds it there.
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { environmentSecrets } from '../../../adapters/storage/sqlite-webhooks/environment-secret.ts';
import { effectiveSettings } from '../../config.ts';
import { hasFile } from '../../database-kind.ts';
import { checkSettings, envFile } from '../environment.ts';
import type { WireEndpoint } from './wire.ts';

/** A line for each endpoint that the environment made: its secret, or where to look for it. */
export function secretNotes(endpoints: readonly WireEndpoint[]): readonly string[] {
  const made = endpoints.filter(({ isFromEnvironment }) => isFromEnvironment);
  if (made.length === 0) return [];
  const path = filePath();
  const secrets = path === null ? null : secretsIn(path);
  return made.map(({ id }) => {
    const secret = secrets?.get(id);
    return secret === undefined
      ? `The secret of ${id} (WEBHOOK_URL) is WEBHOOK_SECRET where the server runs; without one, run this there, with the server's DATABASE_URL (a Postgres server's secrets are not shown: set WEBHOOK_SECRET).`
      : `The secret of ${id} (WEBHOOK_URL): ${secret}`;
  });
}

/** Of the database that is configured here; null when there can be none. */
function filePath(): string | null {
  const { config } = checkSettings(effectiveSettings(process.env, envFile()));
  if (config === null || !hasFile(config)) return null;
  const path = `${config.databasePath}.webhooks`;
  return existsSync(path) ? path : null;
}

/** By the endpoint's id, so that the file of another server is not taken for this one's; null when it cannot be read. */
function secretsIn(path: string): ReadonlyMap<string, string> | null {
  try {
    return environmentSecrets(path);
  } catch {
    return null;
  }
}
