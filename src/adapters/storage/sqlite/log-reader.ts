/** The event log, read beside the process's own store: by a thread that follows it and writes nothing into it. */
import type { Store } from '../../../engine/ports.ts';
import { assert } from '../../../core/assert.ts';
import { CHAIN_START } from '../chain.ts';
import { openReadOnly } from './database.ts';
import { readEvents } from './log.ts';
import { integer, text } from '../rows.ts';

export interface LogReader extends Pick<Store, 'logHead' | 'events'> {
  close(): void;
}

/** Opens an existing database file; sees what is committed. */
export function openLogReader(path: string): LogReader {
  const reader = openReadOnly(path);
  // One statement, so that a reset cannot come between the log's name and its end.
  const head = reader.prepare(
    `select meta.value as writer, last.sequence, last.at_ms, last.hash
     from meta left join (select * from events order by sequence desc limit 1) as last
     where meta.name = 'writer'`,
  );
  const headRow = () => head.get() ?? {};
  return {
    async logHead() {
      const row = headRow();
      const writer = text(row, 'writer');
      if (row['sequence'] === null) return { writer, sequence: 0, hash: CHAIN_START, atMs: 0 };
      const { hash } = row;
      assert(hash instanceof Uint8Array, 'an entry of the log has its hash');
      return {
        writer,
        sequence: integer(row, 'sequence'),
        hash: Buffer.from(hash).toString('hex'),
        atMs: integer(row, 'at_ms'),
      };
    },
    async events(query) {
      const row = headRow();
      return readEvents(reader, query, row['sequence'] === null ? 0 : integer(row, 'sequence'));
    },
    close: () => reader.close(),
  };
}
