/** How many deliveries of each status an endpoint has: kept with every change, because counting would read them all. */
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../../core/webhooks/delivery.ts';
import type { Connection } from './connection.ts';

type Counts = Record<DeliveryStatus, number>;

/** What changes in one transaction; to be written at its end. */
export interface Tally {
  /** Null: it is new. */
  moved(endpoint: number, from: DeliveryStatus | null, to: DeliveryStatus): void;
  write(): void;
}

export function tallies({ prepare }: Pick<Connection, 'prepare'>): () => Tally {
  const update = prepare(
    `update endpoints set pending = pending + ?, delivered = delivered + ?, failing = failing + ?,
       dead = dead + ? where number = ?`,
  );
  return () => {
    const changes = new Map<number, Counts>();
    return {
      moved(endpoint, from, to) {
        if (from === to) return;
        let counts = changes.get(endpoint);
        if (counts === undefined) changes.set(endpoint, (counts = noCounts()));
        if (from !== null) counts[from] -= 1;
        counts[to] += 1;
      },
      write() {
        for (const [endpoint, counts] of changes) {
          update.run(...DELIVERY_STATUSES.map((status) => counts[status]), endpoint);
        }
      },
    };
  };
}

function noCounts(): Counts {
  return { pending: 0, delivered: 0, failing: 0, dead: 0 };
}
