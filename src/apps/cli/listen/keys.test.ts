import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type Keyboard, listenToKeys } from './keys.ts';

function keyboard() {
  const input = new PassThrough();
  const modes: boolean[] = [];
  const fake = Object.assign(input, {
    setRawMode: (isRaw: boolean) => {
      modes.push(isRaw);
      return fake;
    },
  });
  // Of a terminal only these four are used.
  return { input, modes, keys: fake as unknown as Keyboard };
}

async function pressing(...inputs: string[]): Promise<string[]> {
  const { input, keys } = keyboard();
  const heard: string[] = [];
  const restore = listenToKeys(keys, {
    onResend: () => heard.push('resend'),
    onQuit: () => heard.push('quit'),
  });
  for (const text of inputs) {
    input.write(text);
    await new Promise(setImmediate);
  }
  restore();
  return heard;
}

test.each([
  [['r'], ['resend']],
  [['R'], ['resend']],
  [['rr'], ['resend', 'resend']],
  [['q'], ['quit']],
  [['\u0003'], ['quit']],
  [['\u0004'], ['quit']],
  [
    ['r', 'q'],
    ['resend', 'quit'],
  ],
  [['x', '\u001b[A', 'quarrel', '\r'], []],
])('%j means %j', async (inputs, expected) => {
  expect(await pressing(...inputs)).toEqual(expected);
});

test('the terminal is given back as it was, and nothing is heard any more', async () => {
  const { input, modes, keys } = keyboard();
  const heard: string[] = [];
  const listeners = process.listenerCount('exit');
  const restore = listenToKeys(keys, {
    onResend: () => heard.push('resend'),
    onQuit: () => heard.push('quit'),
  });
  expect(modes).toEqual([true]);
  restore();
  input.write('r');
  await new Promise(setImmediate);
  expect(modes).toEqual([true, false]);
  expect(heard).toEqual([]);
  expect(input.isPaused()).toBe(true);
  expect(process.listenerCount('exit')).toBe(listeners);
});
