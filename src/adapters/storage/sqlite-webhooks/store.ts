/**
 * The embedded store of endpoints, deliveries and attempts: a SQLite file of its own beside the log's, so that
 * delivering never waits for a payment's commit, nor a payment for it. Implements the DeliveryStore port; what it
 * promises is written down as tests in ../deliveries.contract.ts.
 *
 * The file may be open several times at once (it is: by the thread that answers requests and the one that delivers).
 * Every method is one short transaction. Attempts are kept for as long as their delivery is.
 */
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { byHandMethods } from './by-hand.ts';
import { claimMethods } from './claims.ts';
import { openConnection } from './connection.ts';
import { endpointMethods } from './endpoints.ts';
import { followingMethods } from './following.ts';
import { prepareInsert } from './insert.ts';
import { lookingMethods } from './lists.ts';
import { recordMethod } from './record.ts';
import { prepareKeep, replyMethods } from './replies.ts';
import { retentionMethods } from './retention.ts';
import { prepareSweep } from './sweep.ts';
import { tallies } from './tally.ts';
import { prepareTurns } from './turns.ts';

export interface SqliteDeliveriesOptions {
  /** May be `:memory:`. */
  readonly path: string;
  /** Called between any two rows that are written: may hold the thread for a moment, for the sake of others. */
  readonly giveWay?: () => void;
}

/** Opens the file (makes and migrates it). Throws an Error that says what to do. */
export function openSqliteDeliveries({
  path,
  giveWay = () => {},
}: SqliteDeliveriesOptions): DeliveryStore {
  const connection = openConnection(path, giveWay);
  const turns = prepareTurns(connection);
  const newTally = tallies(connection);
  const insert = prepareInsert(connection, turns);
  const sweep = prepareSweep(connection);
  const keep = prepareKeep(connection);
  sweep.look();
  return {
    ...endpointMethods(connection, { turns, keep, onRemoved: () => sweep.look() }),
    ...followingMethods(connection, insert, newTally),
    ...claimMethods(connection, turns),
    record: recordMethod(connection, turns, newTally),
    ...byHandMethods(connection, { insert, turns, newTally }),
    ...lookingMethods(connection),
    ...replyMethods(connection, keep),
    ...retentionMethods(connection),
    async close() {
      await sweep.stop();
      connection.close();
    },
  };
}
