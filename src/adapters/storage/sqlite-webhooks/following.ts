/** Following the log: deliveries are made and the cursor moves in one transaction. */
import { assert } from '../../../core/assert.ts';
import { matchesType } from '../../../core/webhooks/endpoint.ts';
import type { LogPosition } from '../../../engine/ports.ts';
import type { DeliveryStore, FannedEvent } from '../../../engine/webhooks/ports.ts';
import { integer, type Row, text } from '../rows.ts';
import type { Connection } from './connection.ts';
import type { Insert } from './insert.ts';
import type { Tally } from './tally.ts';

type FollowingMethods = Pick<DeliveryStore, 'cursor' | 'fanOut' | 'beginLog'>;

export function followingMethods(
  connection: Connection,
  insert: Insert,
  newTally: () => Tally,
): FollowingMethods {
  const { read, write, writeSoon, prepare } = connection;
  const position = prepare('select writer, sequence from log_position');
  const moveTo = prepare(
    `insert into log_position values (1, ?, ?) on conflict do update set
       writer = excluded.writer, sequence = excluded.sequence`,
  );
  const subscribers = prepare(
    'select number, events, ordering, after_writer, after_sequence from endpoints order by number',
  );
  const clear = [
    prepare('delete from attempts'),
    prepare('delete from deliveries'),
    prepare('delete from removed_endpoints'),
    prepare('update endpoints set pending = 0, delivered = 0, failing = 0, dead = 0'),
  ];

  // In a log that was put back to an earlier place, what comes next is new to everybody.
  const startBy = prepare(
    `update endpoints set after_sequence = min(after_sequence, ?2) where after_writer = ?1`,
  );

  return {
    cursor: async () => read(() => positionFrom(position.get())),
    fanOut: async (events, to, nowMs) =>
      writeSoon(() => {
        const from = positionFrom(position.get());
        assert(
          from === null || from.writer === to.writer,
          'a new log is begun before it is followed',
        );
        const fresh = events.filter(({ sequence }) => sequence > (from?.sequence ?? 0));
        const tally = newTally();
        let made = 0;
        const endpoints = subscribers.all().map((row) => subscriberFrom(row, to.writer));
        for (const event of fresh) {
          for (const subscriber of endpoints) {
            if (!wants(subscriber, event)) continue;
            if (insert.event(subscriber, event, nowMs)) {
              made += 1;
              tally.moved(subscriber.endpoint, null, 'pending');
            }
          }
        }
        tally.write();
        if (to.sequence > (from?.sequence ?? -1)) moveTo.run(to.writer, to.sequence);
        return made;
      }),
    beginLog: async (at) =>
      write(() => {
        for (const statement of clear) statement.run();
        moveTo.run(at.writer, at.sequence);
        startBy.run(at.writer, at.sequence);
      }),
  };
}

export interface Subscriber {
  readonly endpoint: number;
  readonly isStrict: boolean;
  readonly patterns: readonly string[];
  /** The last event of this log that it does not hear of. */
  readonly after: number;
}

export function subscriberFrom(row: Row, writer: string): Subscriber {
  return {
    endpoint: integer(row, 'number'),
    isStrict: row['ordering'] === 'strict',
    patterns: JSON.parse(text(row, 'events')) as string[],
    // Whoever was there before this log began hears all of it.
    after: text(row, 'after_writer') === writer ? integer(row, 'after_sequence') : 0,
  };
}

function wants({ patterns, after }: Subscriber, { sequence, type }: FannedEvent): boolean {
  return sequence > after && matchesType(patterns, type);
}

function positionFrom(row: Row | undefined): LogPosition | null {
  if (row === undefined) return null;
  return { writer: text(row, 'writer'), sequence: integer(row, 'sequence') };
}
