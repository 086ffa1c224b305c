/** A connection that is lost while a change is committed: nobody is told the wrong thing about what is written. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CutLine, cutLine } from '../../../../test/support/cut-line.ts';
import { LOG } from '../../../../test/support/deliveries-under-test.ts';
import { endpointOf, eventsOf, NOW_MS } from '../../../../test/support/deliveries.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { openPostgresDeliveries } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

const START = { writer: LOG, sequence: 0 };

let line: CutLine;
let store: DeliveryStore;
beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
  line = await cutLine(DATABASE.url, 'webhook_transaction');
  store = await openPostgresDeliveries({ url: line.url });
});
afterEach(async () => {
  await store.close();
  line.close();
});

describe('a commit whose connection is lost', () => {
  test('after it was done is done, once', async () => {
    line.fate = 'is done, and its answer lost';
    expect(await store.addEndpoint(endpointOf(1), START)).toBe(true);
    expect(line.fate).toBe('passes');
    line.fate = 'is done, and its answer lost';
    const changed = await store.changeEndpoint(endpointOf(1).id, (before) => ({
      ...before,
      secret: `${before.secret}+`,
    }));
    expect(await store.findEndpoint(endpointOf(1).id)).toEqual(changed);
    expect(changed?.secret).toBe('whsec_1+');
    line.fate = 'is done, and its answer lost';
    expect(await store.fanOut(eventsOf(4), { writer: LOG, sequence: 4 }, NOW_MS)).toBe(4);
    expect(await store.cursor()).toEqual({ writer: LOG, sequence: 4 });
  });

  test('before it was done is not, and may be asked for again', async () => {
    line.fate = 'is lost';
    const added = store.addEndpoint(endpointOf(1), START);
    await expect(added).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await store.endpoints()).toEqual([]);
    expect(await store.addEndpoint(endpointOf(1), START)).toBe(true);
    line.fate = 'is lost';
    const made = store.fanOut(eventsOf(4), { writer: LOG, sequence: 4 }, NOW_MS);
    await expect(made).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await store.cursor()).toBeNull();
  });
});
