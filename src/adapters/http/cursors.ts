/** Cursors on the wire are opaque: what is in them may change, and nobody should build one. */
import { Problem } from './problems.ts';

/** A cursor for `text`, which is for one kind of list only. */
export function encodeCursor(kind: string, text: string): string {
  return Buffer.from(`${kind}:${text}`).toString('base64url');
}

/** What encodeCursor was given; throws a Problem for anything else. `form` is what the text must look like. */
export function decodeCursor(kind: string, cursor: string, form: RegExp): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const content = text.slice(kind.length + 1);
  if (
    !text.startsWith(`${kind}:`) ||
    !form.test(content) ||
    encodeCursor(kind, content) !== cursor
  ) {
    throw new Problem(
      'invalid_cursor',
      'This cursor is not one of this list; use next_cursor of an earlier page as it stands, or none.',
    );
  }
  return content;
}
