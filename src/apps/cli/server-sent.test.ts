import { expect, test } from 'vitest';
import { type Message, messagesOf } from './server-sent.ts';

async function read(...chunks: (string | Uint8Array)[]): Promise<Message[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    }
  }
  const messages: Message[] = [];
  for await (const message of messagesOf(bytes())) messages.push(message);
  return messages;
}

test('a message has its data, its id, and a name if it was given one', async () => {
  expect(await read('id: a\ndata: {"x":1}\n\n', 'event: reset\nid:b\ndata:1\ndata: 2\n\n')).toEqual(
    [
      { event: 'message', data: '{"x":1}', id: 'a' },
      { event: 'reset', data: '1\n2', id: 'b' },
    ],
  );
});

test('an id alone is a place, which is told when it is a new one', async () => {
  const chunks = ['retry: 1000\nid: a\n\n', ': still here\nid: a\n\n', 'id: b\n\n', 'data: x\n\n'];
  expect(await read(...chunks)).toEqual([
    { event: 'message', data: null, id: 'a' },
    { event: 'message', data: null, id: 'b' },
    { event: 'message', data: 'x', id: 'b' },
  ]);
});

test('it does not matter where the bytes are cut, nor which line ends they have', async () => {
  const bytes = new TextEncoder().encode('id: ü\r\ndata: €1\r\n\r\ndata: 2\n\n');
  const whole = await read(bytes);
  expect(whole.map(({ data }) => data)).toEqual(['€1', '2']);
  expect(await read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
});

test('what JavaScript takes for line ends in a text is none here', async () => {
  const [message] = await read('data: a\u2028b\u2029:  c\u0085\n\n');
  expect(message?.data).toBe('a\u2028b\u2029:  c\u0085');
});

test('what the stream ended in is dropped', async () => {
  expect(await read('data: 1\n\ndata: 2\n')).toEqual([{ event: 'message', data: '1', id: '' }]);
});

test('a line without an end is not kept for ever', async () => {
  const chunk = 'x'.repeat(300_000);
  await expect(read(chunk, chunk, chunk, chunk)).rejects.toThrow('does not end');
});
