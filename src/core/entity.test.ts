import { expect, test } from 'vitest';
import { entityKey, kindOf, subjectKeys } from './entity.ts';

test('the key of an entity says its kind, so that a device cannot pass for a card', () => {
  expect(entityKey('card', '1')).toBe('c:1');
  expect(entityKey('device', '1')).toBe('d:1');
  expect(entityKey('ip', '1')).toBe('i:1');
});

test.each(['card', 'device', 'ip'] as const)('the kind of a key of a %s is known', (kind) => {
  expect(kindOf(entityKey(kind, 'c:d:i:'))).toBe(kind);
});

test('all spellings of an address have one key', () => {
  const spellings = ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:C000:0201'];
  expect(spellings.map((ip) => entityKey('ip', ip))).toEqual(Array(3).fill('i:192.0.2.1'));
});

test('a payment has the keys of those that it names', () => {
  expect(subjectKeys({ card: 'f', deviceId: null, ip: null })).toEqual({
    card: 'c:f',
    device: null,
    ip: null,
  });
  expect(subjectKeys({ card: 'f', deviceId: 'x', ip: '1.2.3.4' })).toEqual({
    card: 'c:f',
    device: 'd:x',
    ip: 'i:1.2.3.4',
  });
});
