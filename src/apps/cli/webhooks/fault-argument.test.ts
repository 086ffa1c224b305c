import { expect, test } from 'vitest';
import { faultChange, faultsBody } from './fault-argument.ts';

function body(texts: readonly string[], delayMs?: number): object {
  const changes = texts.reduce(
    (before, text) => faultChange(text, before),
    [] as ReturnType<typeof faultChange>,
  );
  return faultsBody(changes, delayMs);
}

test('rates, the next few, and off become what the server takes', () => {
  expect(body(['drop=0.1', 'duplicate=next:3', 'corrupt-signature=1', 'reorder=off'])).toEqual({
    drop: { rate: 0.1 },
    duplicate: { next: 3 },
    corrupt_signature: { rate: 1 },
    reorder: null,
  });
});

test('the time goes with the faults that have one', () => {
  expect(body(['drop=.5', 'delay=1', 'reorder=off'], 250)).toEqual({
    drop: { rate: 0.5 },
    delay: { rate: 1, delay_ms: 250 },
    reorder: null,
  });
});

test.each([
  ['duplicat=1', 'Did you mean duplicate?'],
  ['drop', 'It must be like drop=0.1'],
  ['crash=1', 'the faults are drop, delay'],
  ['drop=2', 'a rate from 0 to 1'],
  ['drop=-1', 'a rate from 0 to 1'],
  ['drop=next:', 'a rate from 0 to 1'],
  ['drop=', 'a rate from 0 to 1'],
])('refuses %j', (text, expected) => {
  expect(() => faultChange(text, undefined)).toThrow(expected);
});
