/** A connection that is lost while a change is committed: nobody is told the wrong thing about what is written. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOG } from '../../../../test/support/deliveries-under-test.ts';
import { endpointOf, eventsOf, NOW_MS } from '../../../../test/support/deliveries.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { openPostgresDeliveries } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

const START = { writer: LOG, sequence: 0 };

/** What the line to the server does with the next commit. */
type Fate = 'passes' | 'is lost' | 'is done, and its answer lost';

let fate: Fate = 'passes';
let line: Server;
let store: DeliveryStore;
beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
  fate = 'passes';
  line = await lineTo(new URL(DATABASE.url));
  const through = new URL(DATABASE.url);
  through.host = `127.0.0.1:${(line.address() as AddressInfo).port}`;
  store = await openPostgresDeliveries({ url: through.href });
});
afterEach(async () => {
  await store.close();
  line.close();
});

async function lineTo({ hostname, port }: URL): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(Number(port === '' ? 5_432 : port), hostname);
    const cut = () => {
      fate = 'passes';
      near.destroy();
      far.destroy();
    };
    // What is written soon (a sweep, say) commits, too; it does not ask for its number before that.
    let isChange = false;
    near.on('data', (chunk) => {
      isChange ||= chunk.includes('webhook_transaction');
      if (isChange && fate === 'is lost' && chunk.includes('commit\0')) cut();
      else far.write(chunk);
    });
    far.on('data', (chunk) => {
      const isEnd = isChange && chunk.includes('COMMIT\0');
      if (isEnd && fate === 'is done, and its answer lost') cut();
      else near.write(chunk);
      isChange &&= !isEnd;
    });
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => void [near.destroy(), far.destroy()]);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a commit whose connection is lost', () => {
  test('after it was done is done, once', async () => {
    fate = 'is done, and its answer lost';
    expect(await store.addEndpoint(endpointOf(1), START)).toBe(true);
    expect(fate).toBe('passes');
    fate = 'is done, and its answer lost';
    const changed = await store.changeEndpoint(endpointOf(1).id, (before) => ({
      ...before,
      secret: `${before.secret}+`,
    }));
    expect(await store.findEndpoint(endpointOf(1).id)).toEqual(changed);
    expect(changed?.secret).toBe('whsec_1+');
    fate = 'is done, and its answer lost';
    expect(await store.fanOut(eventsOf(4), { writer: LOG, sequence: 4 }, NOW_MS)).toBe(4);
    expect(await store.cursor()).toEqual({ writer: LOG, sequence: 4 });
  });

  test('before it was done is not, and may be asked for again', async () => {
    fate = 'is lost';
    const added = store.addEndpoint(endpointOf(1), START);
    await expect(added).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await store.endpoints()).toEqual([]);
    expect(await store.addEndpoint(endpointOf(1), START)).toBe(true);
    fate = 'is lost';
    const made = store.fanOut(eventsOf(4), { writer: LOG, sequence: 4 }, NOW_MS);
    await expect(made).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await store.cursor()).toBeNull();
  });
});
