/** What of a row is kept in another form than in the file of SQLite. */
import type { Attempt } from '../../../core/webhooks/delivery.ts';
import { type Row, textOrNull } from '../rows.ts';
import { attemptFrom as attemptFromFile } from '../sqlite-webhooks/rows.ts';

/** A body may hold a NUL, which no text of Postgres does. */
export function bodyText(body: string): string {
  return JSON.stringify(body);
}

export function attemptFrom(row: Row): Attempt {
  const body = textOrNull(row, 'response_body');
  return attemptFromFile({ ...row, response_body: body === null ? null : JSON.parse(body) });
}
