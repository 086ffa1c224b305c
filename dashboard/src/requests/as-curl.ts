/**
 * A request that came, as a command that sends it again. Whoever sent it chose every letter of it, so all of it is
 * quoted for the shell, and nothing of it can name a file for curl to read.
 */
import type { LoggedRequestWithBodies } from '@farthing/sdk';
import { shellQuoted } from '../shared/curl.tsx';
import { addressOf } from './request-words.ts';

/**
 * Headers that change the answer; the rest belongs to the connection, or curl writes it by itself. Without its
 * Idempotency-Key, which nobody is shown, it is carried out anew.
 */
const SENT_HEADERS = ['content-type', 'prefer'];

/** What the log shows in the place of what nobody may see. */
const MASKS = /\(masked\)|\*{4}/;

export function asCurl(request: LoggedRequestWithBodies): string {
  const { method, request_headers: headers, request_body: body } = request;
  const address = `${location.origin}${addressOf(request)}`;
  // Brackets are a pattern to curl, unless it is told that they are not.
  const parts = [`curl -s -g -X ${shellQuoted(method)} ${shellQuoted(address)}`];
  if (headers['authorization'] !== undefined) parts.push(`-H 'Authorization: Bearer YOUR_API_KEY'`);
  for (const name of SENT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) parts.push(`-H ${shellQuoted(`${name}: ${value}`)}`);
  }
  if (body !== null) parts.push(`--data-raw ${shellQuoted(body)}`);
  return parts.join(' \\\n  ');
}

/** Whether something must be put in again before the command does the same. */
export function isPartial({
  path,
  query,
  request_headers: headers,
  request_body: body,
  request_truncated: isCut,
}: LoggedRequestWithBodies): boolean {
  return isCut || headers['authorization'] !== undefined || MASKS.test(`${path}${query}${body}`);
}
