/** What every store of webhook deliveries promises of attempts that are past their keep. */
import { describe, expect, test } from 'vitest';
import {
  type DeliveriesUnderTest,
  standingDeliveries,
} from '../../../test/support/deliveries-under-test.ts';
import { attemptOf, eventsOf, NOW_MS } from '../../../test/support/deliveries.ts';

export function describeDeliveryRetention(name: string, under: DeliveriesUnderTest): void {
  describe(`${name} deliveries: attempts past their keep`, () => {
    const at = standingDeliveries(under);

    /** Makes a delivery of each event, and one attempt at each, the n-th so many milliseconds after the first. */
    async function tried(count: number, isDelivered: (index: number) => boolean) {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(count));
      const claimed = await at.claim(id, count);
      for (const [index, { ordinal }] of claimed.entries()) {
        const status = isDelivered(index) ? 'delivered' : 'dead';
        const after = { status, nextAttemptAtMs: null, isGone: false } as const;
        const attempts = [attemptOf({ atMs: NOW_MS + index })];
        await at.store.record('token', [{ ordinal, attempts, after }]);
      }
      return claimed.map(({ ordinal }) => ordinal);
    }
    const left = async (ordinals: readonly number[]) => {
      const found = await Promise.all(ordinals.map((one) => at.store.findDelivery(one)));
      return found.map((one) => one?.attempts.length);
    };

    test('are taken out, those that arrived and are old enough, and no delivery with them', async () => {
      const ordinals = await tried(5, (index) => index !== 1);
      const asked = { beforeMs: NOW_MS + 3, after: 0, limit: 100 };
      expect(await at.store.removeAttempts(asked)).toEqual({ removed: 2, next: null });
      expect(await left(ordinals)).toEqual([0, 1, 0, 1, 1]);
      expect((await at.store.findDelivery(ordinals[0] ?? 0))?.delivery).toMatchObject({
        status: 'delivered',
        attempts: 1,
      });
      expect(await at.store.removeAttempts(asked)).toEqual({ removed: 0, next: null });
    });

    test('are looked through in bounded steps, each of which goes on behind the last', async () => {
      const ordinals = await tried(7, () => true);
      let removed = 0;
      let steps = 0;
      for (let after: number | null = 0; after !== null; steps += 1) {
        const step = await at.store.removeAttempts({ beforeMs: NOW_MS + 5, after, limit: 2 });
        removed += step.removed;
        after = step.next;
      }
      expect([removed, steps]).toEqual([5, 3]);
      expect(await left(ordinals)).toEqual([0, 0, 0, 0, 0, 1, 1]);
    });
  });
}
