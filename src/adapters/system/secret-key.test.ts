import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keyedHasher, keyFromFile, keyFromText, temporaryKey } from './secret-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-key-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

function freshPath(): string {
  files += 1;
  return join(folder, `${files}.key`);
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the key file', () => {
  test('is made with 32 random bytes that only its owner may read', () => {
    const [path, other] = [freshPath(), freshPath()];
    const key = keyFromFile(path);
    expect(key).toHaveLength(32);
    expect(modeOf(path)).toBe('600');
    expect(readFileSync(path, 'utf8')).toBe(`${key.toString('hex')}\n`);
    expect(keyFromFile(other).equals(key)).toBe(false);
  });

  test('is only for its owner whatever the mask of the process', () => {
    const path = freshPath();
    const before = process.umask(0);
    try {
      keyFromFile(path);
    } finally {
      process.umask(before);
    }
    expect(modeOf(path)).toBe('600');
  });

  test('is read again by the next start', () => {
    const path = freshPath();
    expect(keyFromFile(path).equals(keyFromFile(path))).toBe(true);
  });

  test('that others could read is closed to them', () => {
    const path = freshPath();
    const key = keyFromFile(path);
    chmodSync(path, 0o644);
    expect(keyFromFile(path).equals(key)).toBe(true);
    expect(modeOf(path)).toBe('600');
  });

  test.each(['\n', 'nonsense', 'ab'.repeat(15), `${'ab'.repeat(16)}g`])(
    'holding %j is refused, and stays as it is',
    (text) => {
      const path = freshPath();
      writeFileSync(path, text);
      expect(() => keyFromFile(path)).toThrow(path);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  test('that a crash left empty is made anew', () => {
    const path = freshPath();
    writeFileSync(path, '');
    const key = keyFromFile(path);
    expect(keyFromFile(path).equals(key)).toBe(true);
    expect(modeOf(path)).toBe('600');
  });

  test('leaves nothing else behind', () => {
    const path = freshPath();
    keyFromFile(path);
    const name = basename(path);
    expect(readdirSync(folder).filter((file) => file.startsWith(name))).toEqual([name]);
  });

  test('in a folder that is not there says what to do', () => {
    expect(() => keyFromFile(join(folder, 'no', 'such.key'))).toThrow(/set CARD_FINGERPRINT_KEY/);
  });
});

describe('a key as text', () => {
  test.each(['ab'.repeat(16), 'AB'.repeat(32), '0123456789abcdefABCDEF0123456789'])(
    '(%s) is its bytes',
    (text) => {
      expect(keyFromText(text, 'X').toString('hex')).toBe(text.toLowerCase());
    },
  );

  test.each(['', 'ab'.repeat(15), `${'ab'.repeat(16)}a`, 'xy'.repeat(16), ` ${'ab'.repeat(16)}`])(
    '(%j) is refused by the name of where it came from, and not shown',
    (text) => {
      expect(() => keyFromText(text, 'MY_KEY')).toThrow(/^MY_KEY must hold/);
      if (text.length > 2) expect(() => keyFromText(text, 'MY_KEY')).not.toThrow(text);
    },
  );

  test('of a process is new each time', () => {
    expect(temporaryKey()).toHaveLength(32);
    expect(temporaryKey().equals(temporaryKey())).toBe(false);
  });
});

test('a keyed hash is HMAC-SHA-256 (RFC 4231, test case 2)', () => {
  const hashed = keyedHasher(Buffer.from('Jefe'))('what do ya want for nothing?');
  expect(hashed).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('a keyed hash is another one under another key', () => {
  const text = '4242424242424242';
  expect(keyedHasher(Buffer.alloc(32, 1))(text)).not.toBe(keyedHasher(Buffer.alloc(32, 2))(text));
});
