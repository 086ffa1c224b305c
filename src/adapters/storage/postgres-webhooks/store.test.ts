import { afterAll } from 'vitest';
import type { DeliveriesUnderTest } from '../../../../test/support/deliveries-under-test.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { describeDeliveries } from '../deliveries.contract.ts';
import { describeDeliveryOrder, describeSharedDeliveries } from '../deliveries-order.contract.ts';
import { describeDeliveryReplies } from '../deliveries-replies.contract.ts';
import { describeDeliveryRetention } from '../deliveries-retention.contract.ts';
import { openPostgresDeliveries } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

const postgres: DeliveriesUnderTest = {
  open: () => openPostgresDeliveries({ url: DATABASE.url }),
  reset: async () =>
    void (await DATABASE.query('drop schema public cascade; create schema public')),
};
describeDeliveries('Postgres', postgres);
describeDeliveryReplies('Postgres', postgres);
describeDeliveryRetention('Postgres', postgres);
describeDeliveryOrder('Postgres', postgres);
describeSharedDeliveries('Postgres', postgres);
