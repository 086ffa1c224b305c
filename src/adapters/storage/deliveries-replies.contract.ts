/** What every store of webhook deliveries promises of answers under idempotency keys. */
import { describe, expect, test } from 'vitest';
import {
  type DeliveriesUnderTest,
  LOG,
  standingDeliveries,
} from '../../../test/support/deliveries-under-test.ts';
import { endpointOf, NOW_MS } from '../../../test/support/deliveries.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../core/limits.ts';

const START = { writer: LOG, sequence: 0 };

export function describeDeliveryReplies(name: string, under: DeliveriesUnderTest): void {
  describe(`${name} deliveries: answers under idempotency keys`, () => {
    const at = standingDeliveries(under);
    const reply = (index: number, createdAtMs = NOW_MS) => ({
      keyHash: `key-${index}`,
      fingerprint: `asked-${index}`,
      status: 201,
      body: `{"answer":${index}}`,
      createdAtMs,
    });

    test('are kept, the first of a key for good, also after a restart', async () => {
      expect(await at.store.findReply('key-1', 0)).toBeNull();
      await at.store.keepReply(reply(1));
      await at.store.keepReply({ ...reply(2), keyHash: 'key-1' });
      await at.reopen();
      expect(await at.store.findReply('key-1', 0)).toEqual(reply(1));
    });

    test('are no answers any more after their time, and make room then', async () => {
      await at.store.keepReply(reply(1));
      expect(await at.store.findReply('key-1', NOW_MS)).toBeNull();
      await at.store.keepReply(reply(2, NOW_MS + IDEMPOTENCY_KEPT_MS));
      expect(await at.store.findReply('key-1', 0)).toBeNull();
      expect(await at.store.findReply('key-2', 0)).not.toBeNull();
    });

    test('are written with what they tell of, or not at all', async () => {
      const { id } = endpointOf(1);
      await at.store.addEndpoint(endpointOf(1), START, reply(1));
      expect(await at.store.findReply('key-1', 0)).toEqual(reply(1));
      await at.store.changeEndpoint(
        id,
        (before) => before,
        () => reply(2),
      );
      expect(await at.store.findReply('key-2', 0)).toEqual(reply(2));
      const breaks = at.store.changeEndpoint(
        id,
        (before) => ({ ...before, description: 'lost' }),
        () => {
          throw new Error('in between');
        },
      );
      await expect(breaks).rejects.toThrow('in between');
      expect(await at.store.findEndpoint(id)).toMatchObject({ description: null });
      const none = endpointOf(2).id;
      await at.store.changeEndpoint(
        none,
        (before) => before,
        () => reply(3),
      );
      expect(await at.store.findReply('key-3', 0)).toBeNull();
    });
  });
}
