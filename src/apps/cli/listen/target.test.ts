import { expect, test } from 'vitest';
import { forwardTarget } from './target.ts';

test.each([
  ['3000', 'http://localhost:3000/'],
  [':3000', 'http://localhost:3000/'],
  ['8080/hook', 'http://localhost:8080/hook'],
  ['8080?a=b', 'http://localhost:8080/?a=b'],
  ['localhost:3000/webhooks', 'http://localhost:3000/webhooks'],
  ['127.0.0.1:80/a', 'http://127.0.0.1/a'],
  ['[::1]:3000', 'http://[::1]:3000/'],
  ['my-laptop/hook', 'http://my-laptop/hook'],
  [' https://shop.test/hook?x=1#part ', 'https://shop.test/hook?x=1'],
])('completes %j to %s', (text, expected) => {
  expect(forwardTarget(text).href).toBe(expected);
});

test.each(['', '/hook', 'ftp://localhost/x', '99999', 'localhost:99999', 'a b', 'http://'])(
  'refuses %j',
  (text) => {
    expect(() => forwardTarget(text)).toThrow('like 3000/webhooks');
  },
);
