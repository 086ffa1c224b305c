import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmacSha256 } from './hmac.ts';

test('is what RFC 4231 says it is (test cases 1, 2 and 6)', () => {
  const hex = (key: Buffer, text: string) => hmacSha256(key)(text).toString('hex');
  expect(hex(Buffer.alloc(20, 0x0b), 'Hi There')).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  );
  expect(hex(Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
  expect(
    hex(Buffer.alloc(131, 0xaa), 'Test Using Larger Than Block-Size Key - Hash Key First'),
  ).toBe('60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54');
});

test('agrees with Node for every key and text, one after the other', () => {
  const keys = fc.uint8Array({ maxLength: 200 });
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 3_000 }), { maxLength: 5 });
  fc.assert(
    fc.property(keys, texts, (bytes, list) => {
      const key = Buffer.from(bytes);
      const hmac = hmacSha256(key);
      const results = list.map(hmac);
      for (const [index, text] of list.entries()) {
        const expected = createHmac('sha256', key).update(text).digest('hex');
        expect(results[index]?.toString('hex')).toBe(expected);
      }
    }),
  );
});
