import { describe, expect, test } from 'vitest';
import { addressMembers, isRange } from './addresses.ts';

describe('a range of addresses', () => {
  test.each([
    '192.0.2.7',
    '192.0.2.0/24',
    '0.0.0.0/0',
    '10.1.2.3/8',
    '::1',
    '2001:DB8::/32',
    '::ffff:192.0.2.7',
    'fe80::/10',
    '::/128',
  ])('is %s', (text) => {
    expect(isRange(text)).toBe(true);
  });

  test.each([
    '',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.07',
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/-1',
    '192.0.2.0/8/8',
    ' 192.0.2.7',
    '2001:db8::/129',
    'fe80::1%eth0',
    ':::',
    'localhost',
    '*',
  ])('is not %j', (text) => {
    expect(isRange(text)).toBe(false);
  });
});

describe('a set of addresses', () => {
  test('has what it lists, however it is spelled', () => {
    const members = addressMembers(['192.0.2.7', '2001:db8::a']);
    expect(members.size).toBe(2);
    for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '2001:DB8:0:0::A', '2001:db8::a']) {
      expect([address, members.has(address)]).toEqual([address, true]);
    }
    for (const address of ['192.0.2.8', '2001:db8::b', '::ffff:192.0.2.8', '', 'nowhere', 'a:b']) {
      expect([address, members.has(address)]).toEqual([address, false]);
    }
  });

  test('has what lies in its ranges', () => {
    const members = addressMembers(['10.0.0.0/8', '203.0.113.7', '2001:db8::/32']);
    for (const address of ['10.0.0.0', '10.255.255.255', '203.0.113.7', '2001:db8:ffff::1']) {
      expect([address, members.has(address)]).toEqual([address, true]);
    }
    for (const address of ['11.0.0.0', '203.0.113.8', '2001:db9::', 'nowhere', '']) {
      expect([address, members.has(address)]).toEqual([address, false]);
    }
  });

  test('of IPv4 addresses alone knows no other', () => {
    const members = addressMembers(['192.0.2.7']);
    expect(members.has('192.0.2.7')).toBe(true);
    expect(members.has('::ffff:192.0.2.7')).toBe(true);
    expect(members.has('2001:db8::a')).toBe(false);
    expect(members.has('192.0.2.70')).toBe(false);
    expect(addressMembers([]).has('192.0.2.7')).toBe(false);
  });
});
