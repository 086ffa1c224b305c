import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressKind, readAddress } from './address.ts';

describe('the kind of an address', () => {
  const kinds: readonly [string, AddressKind][] = [
    ['8.8.8.8', 'public'],
    ['1.0.0.0', 'public'],
    ['9.255.255.255', 'public'],
    ['11.0.0.0', 'public'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.1.1', 'private'],
    ['192.169.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'private'],
    ['100.127.255.255', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['128.0.0.1', 'public'],
    ['169.254.169.254', 'link_local'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.200', 'documentation'],
    ['203.0.113.7', 'documentation'],
    ['203.0.114.7', 'public'],
    ['0.0.0.0', 'reserved'],
    ['192.0.0.8', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['198.20.0.0', 'public'],
    ['223.255.255.255', 'public'],
    ['224.0.0.1', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::', 'reserved'],
    ['::2', 'reserved'],
    ['2a00:1450:4001::8', 'public'],
    ['2600::', 'public'],
    ['2001:200::1', 'public'],
    ['2001::1', 'reserved'],
    ['2001:db8::1', 'documentation'],
    ['2001:0DB8:0:0:0:0:0:1', 'documentation'],
    ['3fff:fff::1', 'documentation'],
    ['3fff:1000::1', 'public'],
    ['4000::1', 'reserved'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['fec0::1', 'private'],
    ['fe80::1', 'link_local'],
    ['fe80::1%eth0', 'link_local'],
    ['ff02::1', 'reserved'],
    ['100::1', 'reserved'],
    ['::ffff:8.8.8.8', 'public'],
    ['::ffff:7f00:1', 'loopback'],
    ['0:0:0:0:0:ffff:10.0.0.1', 'private'],
    ['64:ff9b::192.0.2.1', 'documentation'],
    ['1:2:3:4:5:6:1.2.3.4', 'reserved'],
    ['1::8', 'reserved'],
    ['1:2:3:4:5:6:7::', 'reserved'],
  ];
  test.each(kinds)('%s is %s', (text, kind) => {
    expect(readAddress(text).kind).toBe(kind);
  });

  test.each([
    '',
    ' ',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.04',
    '1.2.3.-4',
    '1.2.3.4 ',
    '1.2..4',
    '0x7f.0.0.1',
    '٣.2.3.4',
    '1.2.3.4:80',
    '[::1]',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    ':1:2:3:4:5:6:7',
    '12345::',
    'g::',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    '::1%',
    `::${'0'.repeat(100)}1`,
  ])('«%s» is no address', (text) => {
    expect(readAddress(text)).toEqual({ kind: 'unparseable', subject: text });
  });

  test('any text has one, and none throws', () => {
    const like = fc.stringMatching(/^[0-9a-f:.%]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), like, fc.ipV4(), fc.ipV6()), (text) => {
        expect(readAddress(text).subject.length).toBeLessThanOrEqual(Math.max(text.length, 20));
      }),
    );
  });

  test('every IPv4 and IPv6 address is read', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        expect(readAddress(text).kind).not.toBe('unparseable');
      }),
    );
  });
});

describe('what counts as one address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:201', '192.0.2.1'],
    ['64:ff9b::c000:201', '192.0.2.1'],
    ['::ffff:255.255.255.255', '255.255.255.255'],
    ['not an address', 'not an address'],
    ['2a00:1450:4001:81b::200e', '2a0014504001081b/64'],
    ['::1', '0/64'],
  ])('%s is kept as %s', (text, subject) => {
    expect(readAddress(text).subject).toBe(subject);
  });

  test.each(['2A00:1450:4001:81B::1', '2a00:1450:4001:081b:0:0:0:1', '2a00:1450:4001:81b:ffff::'])(
    'a customer cannot become another one behind 64 bits: %s',
    (text) => {
      expect(readAddress(text).subject).toBe('2a0014504001081b/64');
    },
  );
});
