/**
 * One HTTP/1.1 keep-alive connection with one request on the way: as little as a benchmark needs, so that the
 * client costs less than the server. Responses must say their Content-Length. It reads a status and counts bytes.
 */
import net from 'node:net';

/** Larger than any response we ask for. */
const BUFFER_BYTES = 64 * 1024;

/** Of the first part that arrived: head and, in short responses, body. */
export type OnResponse = (status: number, received: string) => void;

export interface Connection {
  /** Sends a request; the next one only after its response. */
  send(request: Buffer, onResponse: OnResponse): void;
  close(): void;
}

/** Connects; `onFailure` hears of a connection that breaks or does not speak HTTP as above. */
export function connect(url: URL, onFailure: (error: Error) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    const reader = new ResponseReader();
    let isClosing = false;
    const fail = (error: Error) => {
      if (!isClosing) onFailure(error);
    };
    const socket = net.connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer,
        callback(bytes) {
          if (!reader.take(buffer, bytes)) fail(new Error('a response that cannot be read'));
          return true;
        },
      },
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('the server closed a connection')));
      resolve({
        send(request, onResponse) {
          reader.onResponse = onResponse;
          socket.write(request);
        },
        close() {
          isClosing = true;
          socket.destroy();
        },
      });
    });
  });
}

class ResponseReader {
  onResponse: OnResponse | null = null;
  /** What has come of a response whose head is not complete. */
  #head = '';
  #status = 0;
  #received = '';
  #bodyBytesLeft = 0;

  /** Takes the first `bytes` of the buffer in; false when they are not what was asked for. */
  take(buffer: Buffer, bytes: number): boolean {
    if (this.#bodyBytesLeft > 0) return this.#takeBody(bytes);
    const text = this.#head + buffer.toString('latin1', 0, bytes);
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) {
      this.#head = text;
      return text.length < BUFFER_BYTES;
    }
    const length = contentLength(text, end);
    if (length === -1) return false;
    this.#head = '';
    this.#status = Number(text.slice(9, 12));
    this.#received = text;
    this.#bodyBytesLeft = length;
    return this.#takeBody(text.length - end - 4);
  }

  #takeBody(bytes: number): boolean {
    this.#bodyBytesLeft -= bytes;
    if (this.#bodyBytesLeft > 0) return true;
    const { onResponse } = this;
    this.onResponse = null;
    if (this.#bodyBytesLeft < 0 || onResponse === null) return false;
    onResponse(this.#status, this.#received);
    return true;
  }
}

const LENGTH = /\r\ncontent-length: *(\d+)\r\n/i;

/** -1 when the head, which ends at `end`, does not say. */
function contentLength(text: string, end: number): number {
  const found = LENGTH.exec(text);
  return found === null || found.index > end ? -1 : Number(found[1]);
}
