/**
 * Server-sent events as the HTML standard reads them: lines of `field: value`; a blank line ends a message; what begins
 * with a colon is a comment; what is cut off before its blank line is dropped.
 */

export interface Message {
  /** `message` when the server named none. */
  readonly event: string;
  /** Null when there was none: then the message only says where we are. */
  readonly data: string | null;
  /** The last that was sent on this connection; empty before the first. */
  readonly id: string;
  /** How long to wait before connecting again; null when the server did not say so far. */
  readonly retryMs: number | null;
}

/** An event is a payment, 64 KiB at most, or the rules. A longer line is something else. */
const LINE_CHARACTERS_MAX = 4 * 1024 * 1024;

/** Takes chunk after chunk; gives the messages that each one ended. Throws a RangeError when a line does not end. */
export function messageReader(): (chunk: Uint8Array) => readonly Message[] {
  const decoder = new TextDecoder();
  const take = lineReader();
  let rest = '';
  return (chunk) => {
    // A carriage return at the very end may be the first half of a line's end.
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) throw new RangeError('a line does not end');
    return lines.map(take).filter((message) => message !== null);
  };
}

/** Gives the message that a line ended, if it ended one. */
function lineReader(): (line: string) => Message | null {
  let id = '';
  let retryMs: number | null = null;
  let event = '';
  let data: string[] = [];
  let isAnything = false;
  return (line) => {
    if (line === '') {
      const text = data.length === 0 ? null : data.join('\n');
      const message = { event: event === '' ? 'message' : event, data: text, id, retryMs };
      const isMessage = isAnything;
      [event, data, isAnything] = ['', [], false];
      return isMessage ? message : null;
    }
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    isAnything = true;
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
    return null;
  };
}
