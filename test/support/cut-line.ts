/** A line to Postgres that can be cut in the moment of a commit: before the server hears of it, or before its answer comes. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** What the line does with the next commit of what it watches for. */
export type Fate = 'passes' | 'is lost' | 'is done, and its answer lost';

export interface CutLine {
  /** The database, over this line. */
  readonly url: string;
  /** `passes` again as soon as it was cut. */
  fate: Fate;
  close(): void;
}

/** Only the transaction in which `marker` is sent is cut: others (a sweep, say) commit, too. */
export async function cutLine(database: string, marker: string): Promise<CutLine> {
  const url = new URL(database);
  const { hostname, port } = url;
  const server = createServer((near) => {
    const far = connect(Number(port === '' ? 5_432 : port), hostname);
    const cut = () => {
      line.fate = 'passes';
      near.destroy();
      far.destroy();
    };
    let isWatched = false;
    near.on('data', (chunk) => {
      isWatched ||= chunk.includes(marker);
      if (isWatched && line.fate === 'is lost' && chunk.includes('commit\0')) cut();
      else far.write(chunk);
    });
    far.on('data', (chunk) => {
      const isEnd = isWatched && chunk.includes('COMMIT\0');
      if (isEnd && line.fate === 'is done, and its answer lost') cut();
      else near.write(chunk);
      isWatched &&= !isEnd;
    });
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => void [near.destroy(), far.destroy()]);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const line: CutLine = { url: url.href, fate: 'passes', close: () => void server.close() };
  return line;
}
