/**
 * Reads anchors back from the file that ./anchor.ts writes. A write that a power cut tore leaves the beginning of a
 * line and no line feed: the end of the file is then no anchor yet, and what was appended after it is one.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Anchor } from './anchor.ts';

const LINE_FEED = 10;

/** What an anchor says of the log; a head that was written down elsewhere, without a time, is as good. */
export type AnchoredEntry = Pick<Anchor, 'writer' | 'sequence' | 'hash'>;

/**
 * The anchors in the file as it is now, none when there is no file. They are taken apart while they are iterated over;
 * a line that holds none throws an Error that names it.
 */
export function readAnchors(path: string): Iterable<AnchoredEntry> {
  // Read whole and at once: whoever then looks at the log finds every entry that is named here.
  return anchorsIn(path, existsSync(path) ? readFileSync(path) : Buffer.alloc(0));
}

function* anchorsIn(path: string, bytes: Buffer): Generator<AnchoredEntry> {
  let number = 1;
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    const anchor = anchorFrom(bytes.toString('utf8', start, end));
    if (anchor === null) throw new Error(`line ${number} of ${path} is not an anchor`);
    yield anchor;
    start = end + 1;
    number += 1;
  }
}

function anchorFrom(line: string): AnchoredEntry | null {
  // An anchor is one flat object: what stands before its brace was torn.
  const value = parsed(line.slice(Math.max(0, line.lastIndexOf('{'))));
  if (typeof value !== 'object' || value === null) return null;
  const { writer, sequence, hash } = value as Partial<Record<keyof Anchor, unknown>>;
  const isAnchor =
    typeof writer === 'string' &&
    typeof sequence === 'number' &&
    Number.isSafeInteger(sequence) &&
    sequence >= 1 &&
    typeof hash === 'string';
  return isAnchor ? { writer, sequence, hash } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
