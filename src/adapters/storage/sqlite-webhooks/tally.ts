/** How many deliveries of each status an endpoint has: kept with every change, because counting would read them all. */
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../../core/webhooks/delivery.ts';
import type { Connection } from './connection.ts';

type Counts = Record<DeliveryStatus, number>;

/** What changes in one transaction. */
export interface Moves {
  /** Null: it is new. */
  moved(endpoint: number, from: DeliveryStatus | null, to: DeliveryStatus, times?: number): void;
  /** By endpoint, what is to be added to each count. */
  readonly changes: ReadonlyMap<number, Readonly<Counts>>;
}

/** To be written at the end of the transaction. */
export interface Tally extends Moves {
  write(): void;
}

export function countMoves(): Moves {
  const changes = new Map<number, Counts>();
  return {
    changes,
    moved(endpoint, from, to, times = 1) {
      if (from === to) return;
      let counts = changes.get(endpoint);
      if (counts === undefined) changes.set(endpoint, (counts = noCounts()));
      if (from !== null) counts[from] -= times;
      counts[to] += times;
    },
  };
}

export function tallies({ prepare }: Pick<Connection, 'prepare'>): () => Tally {
  const update = prepare(
    `update endpoints set pending = pending + ?, delivered = delivered + ?, failing = failing + ?,
       dead = dead + ? where number = ?`,
  );
  return () => {
    const moves = countMoves();
    return {
      ...moves,
      write() {
        for (const [endpoint, counts] of moves.changes) {
          update.run(...DELIVERY_STATUSES.map((status) => counts[status]), endpoint);
        }
      },
    };
  };
}

function noCounts(): Counts {
  return { pending: 0, delivered: 0, failing: 0, dead: 0 };
}
