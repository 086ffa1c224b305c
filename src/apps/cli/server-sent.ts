/**
 * Server-sent events, as the HTML standard reads them: lines of `field: value`, a blank line ends a message, and what
 * begins with a colon is a comment. What came before the end of the stream without a blank line is dropped.
 */

export interface Message {
  /** `message` when the server named none. */
  readonly event: string;
  /** Null when there was none: then only the id says something. */
  readonly data: string | null;
  /** The last one that was sent; empty before the first. */
  readonly id: string;
}

/** One event is a payment: 64 KiB at the most. Longer lines come from something else. */
const LINE_CHARACTERS_MAX = 1_048_576;

/** Cuts a stream of bytes into messages. Throws an Error when it is none. */
export async function* messagesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  const next = reader();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) throw new Error('a line of the live feed does not end');
    for (const line of lines) {
      const message = next(line);
      if (message !== null) yield message;
    }
  }
}

/** Takes line after line; gives the message that a line ended. */
function reader(): (line: string) => Message | null {
  let id = '';
  let shownId = '';
  let event = '';
  let data: string[] = [];
  return (line) => {
    if (line === '') {
      const isEmpty = data.length === 0;
      const message = {
        event: event === '' ? 'message' : event,
        data: isEmpty ? null : data.join('\n'),
        id,
      };
      const isNothing = isEmpty && id === shownId;
      event = '';
      data = [];
      shownId = id;
      return isNothing ? null : message;
    }
    const { field, value } = parts(line);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    return null;
  };
}

/** One blank behind the colon belongs to neither. */
function parts(line: string): { readonly field: string; readonly value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { field: line, value: '' };
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
}
