import { expect, test } from 'vitest';
import { endpointUrl, ownOrigin } from './endpoint-url.ts';

test.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['::1', 'http://[::1]:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://[::1]:80'],
  ['192.168.1.5', 'http://192.168.1.5:80'],
])('a server that listens on %s is reached at %s', (address, origin) => {
  expect(ownOrigin({ address, port: 80, family: 'IPv4' })).toBe(origin);
});

test('a sink is wherever we listen, anything else where it says', () => {
  expect(endpointUrl('/sinks/a', 'http://127.0.0.1:80')).toBe('http://127.0.0.1:80/sinks/a');
  expect(endpointUrl('/sinks/a', null)).toBeNull();
  expect(endpointUrl('http://x.example/a', null)).toBe('http://x.example/a');
});
