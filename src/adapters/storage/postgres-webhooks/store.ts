/**
 * The store of endpoints, deliveries and attempts on Postgres, in the database of the log: any number of processes follow
 * the log, deliver and change endpoints at once. Implements the DeliveryStore port; what it promises is written down as
 * tests in ../deliveries*.contract.ts, and what several processes may rely on in processes.test.ts.
 *
 * Every method is one short transaction. Attempts are kept for as long as their delivery is.
 */
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { connect } from '../postgres/connection.ts';
import { migrate } from '../postgres/migrate.ts';
import { byHandMethods } from './by-hand.ts';
import { claimMethods } from './claims.ts';
import { endpointMethods } from './endpoints.ts';
import { followingMethods } from './following.ts';
import { lookingMethods } from './lists.ts';
import { recordMethod } from './record.ts';
import { replyMethods } from './replies.ts';
import { retentionMethods } from './retention.ts';
import { sweepOf } from './sweep.ts';
import { transactions } from './transaction.ts';

/** Opens the database and migrates it: `postgres://user:password@host:port/database`. Throws an Error that says what to do. */
export async function openPostgresDeliveries({
  url,
}: {
  readonly url: string;
}): Promise<DeliveryStore> {
  await migrate(url);
  const connections = connect(url);
  const writes = transactions(connections);
  const sweep = sweepOf(writes);
  sweep.look();
  return {
    ...endpointMethods(connections, writes, () => sweep.look()),
    ...followingMethods(connections, writes),
    ...claimMethods(connections, writes),
    record: recordMethod(writes),
    ...byHandMethods(writes),
    ...lookingMethods(connections),
    ...replyMethods(connections, writes),
    ...retentionMethods(connections),
    async close() {
      await sweep.stop();
      await connections.close();
    },
  };
}
