/** Raw bytes to a listening application and whatever comes back, for what no HTTP client would send. */
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything that came, the first answer and all behind it. */
  readonly text: string;
}

/** How long nothing may come before an answer is given up. */
const ANSWER_MS_MAX = 15_000;

/**
 * Sends each part as it stands, the next one after a moment, and reads until the server closes. A part of null
 * closes our side.
 */
export async function exchange(
  port: number,
  parts: readonly (string | Buffer | null)[],
  pauseMs = 0,
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server that refuses early may reset what we still send; what it said before counts.
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.setTimeout(ANSWER_MS_MAX, () => {
      socket.destroy();
      reject(
        new Error(`no end after ${ANSWER_MS_MAX} ms; so far: ${Buffer.concat(chunks).toString()}`),
      );
    });
  });
  for (const part of parts) {
    if (socket.destroyed) break;
    if (part === null) socket.end();
    else socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await closed;
  return parseAnswer(Buffer.concat(chunks).toString());
}

/** The head of a request as text: these lines, then an empty one. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: end === -1 ? '' : text.slice(end + 4),
    text,
  };
}
