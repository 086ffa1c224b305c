import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AnchoredEntry, readAnchors } from './anchor-lines.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'farthing-anchors-'));
  path = join(folder, 'anchors');
});
afterEach(() => rmSync(folder, { recursive: true }));

function anchor(sequence: number): AnchoredEntry {
  return { writer: 'abc123', sequence, hash: 'f'.repeat(64) };
}

function line(sequence: number): string {
  return `${JSON.stringify({ ...anchor(sequence), at_ms: 1 })}\n`;
}

test('no file has no anchors', () => {
  expect([...readAnchors(path)]).toEqual([]);
});

test('anchors come as they were written', () => {
  writeFileSync(path, line(3) + line(1) + line(1));
  expect([...readAnchors(path)]).toEqual([anchor(3), anchor(1), anchor(1)]);
});

test('a head that was written down without its time is an anchor', () => {
  writeFileSync(path, `${JSON.stringify(anchor(1))}\n`);
  expect([...readAnchors(path)]).toEqual([anchor(1)]);
});

test('what is appended after the call is not among them', () => {
  writeFileSync(path, line(1));
  const anchors = readAnchors(path);
  appendFileSync(path, line(2));
  expect([...anchors]).toEqual([anchor(1)]);
});

test.each([30, 90, 135])(
  'a write that was torn after %i bytes is no anchor, the next is',
  (bytes) => {
    writeFileSync(path, line(1) + line(2).slice(0, bytes).trimEnd());
    expect([...readAnchors(path)]).toEqual([anchor(1)]);
    appendFileSync(path, line(3));
    expect([...readAnchors(path)]).toEqual([anchor(1), anchor(3)]);
  },
);

test.each([
  '\n',
  'null\n',
  '"text"\n',
  '{}\n',
  line(1).replace('"sequence":1', '"sequence":1.5'),
  line(1).replace('"sequence":1', '"sequence":0'),
  line(1).replace('"sequence":1', '"sequence":1e300'),
  line(1).replace('"hash"', '"hush"'),
])('a line that holds no anchor is named: %j', (bad) => {
  writeFileSync(path, line(1) + bad + line(2));
  expect(() => [...readAnchors(path)]).toThrow(`line 2 of ${path} is not an anchor`);
});
