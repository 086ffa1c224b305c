import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryFeatures } from '../adapters/features/memory.ts';
import { entityKey, type Subjects, subjectKeys } from '../core/entity.ts';
import { countIn, distinctCards, type Observation } from '../core/history.ts';
import { FeatureOverlay } from './features.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

function observation(sequence: number, card: string): Observation {
  const amount = { currency: 'GBP', amountMinor: BigInt(sequence) };
  return { ...amount, atMs: NOW_MS + sequence * 7_000, sequence, isApproved: true, card };
}

const keys = subjectKeys({ card: 'card', deviceId: 'device', ip: '81.2.69.142' });

describe('an overlay', () => {
  test('sees its own observations, and the cache does not before it is written', () => {
    const cache = memoryFeatures();
    const overlay = new FeatureOverlay(cache);
    expect(overlay.histories(keys)).toEqual({ card: null, device: null, ip: null });
    overlay.observe(keys, observation(1, 'card'));
    overlay.observe(
      subjectKeys({ card: 'other', deviceId: 'device', ip: null }),
      observation(2, 'other'),
    );

    const { card, device, ip } = overlay.histories(keys);
    expect([card, device, ip].map((known) => countIn(known, '1h', NOW_MS))).toEqual([1, 2, 1]);
    expect(distinctCards(device)).toBe(2);
    expect(cache.size).toBe(0);

    cache.write(overlay.changes);
    expect(new FeatureOverlay(cache).histories(keys)).toEqual({ card, device, ip });
    expect(cache.read(entityKey('card', 'other'))).not.toBeNull();
  });

  test('goes on from what the cache knows', () => {
    const cache = memoryFeatures();
    const first = new FeatureOverlay(cache);
    first.observe(keys, observation(1, 'card'));
    cache.write(first.changes);
    const second = new FeatureOverlay(cache);
    second.observe(keys, observation(2, 'card'));
    expect(countIn(second.histories(keys).card, '1h', NOW_MS)).toBe(2);
    expect(countIn(cache.read(keys.card), '1h', NOW_MS)).toBe(1);
  });

  test('that lay over another goes on from the cache once the other is in it', () => {
    const cache = memoryFeatures();
    const first = new FeatureOverlay(cache);
    first.observe(keys, observation(1, 'card'));
    const second = new FeatureOverlay(first);
    const before = second.histories(keys);
    expect(countIn(before.card, '1h', NOW_MS)).toBe(1);
    second.settleOn(cache);
    expect(second.histories(keys).card).toBeNull();
    cache.write(first.changes);
    expect(second.histories(keys)).toEqual(before);
  });

  test('knows nothing of subjects that a payment does not name', () => {
    const overlay = new FeatureOverlay(memoryFeatures());
    const bare = subjectKeys({ card: 'card', deviceId: null, ip: null });
    overlay.observe(bare, observation(1, 'card'));
    expect(overlay.histories(bare)).toMatchObject({ device: null, ip: null });
    expect([...overlay.changes.keys()]).toEqual([entityKey('card', 'card')]);
  });
});

test('in a batch, in batches of batches or one by one: every decision sees the same', () => {
  const subjects: fc.Arbitrary<Subjects> = fc.record({
    card: fc.integer({ min: 0, max: 4 }).map(String),
    deviceId: fc.option(fc.integer({ min: 0, max: 3 }).map(String), { nil: null }),
    ip: fc.option(fc.constantFrom('81.2.69.1', '81.2.69.2', '::ffff:81.2.69.1'), { nil: null }),
  });
  const batches = fc.array(fc.array(subjects, { maxLength: 8 }), { maxLength: 8 });
  fc.assert(
    fc.property(batches, fc.boolean(), (some, isPiped) => {
      const all = some.flat();
      const alone = memoryFeatures();
      const expected = all.map((each, index) => {
        const overlay = new FeatureOverlay(alone);
        const seen = overlay.histories(subjectKeys(each));
        overlay.observe(subjectKeys(each), observation(index + 1, each.card));
        alone.write(overlay.changes);
        return seen;
      });

      const together = memoryFeatures();
      let sequence = 0;
      let unwritten: FeatureOverlay | null = null;
      const seen = some.flatMap((batch) => {
        // A batch may be decided while the one before it is on its way to the disk.
        const overlay: FeatureOverlay = new FeatureOverlay(unwritten ?? together);
        const histories = batch.map((each) => {
          const known = overlay.histories(subjectKeys(each));
          sequence += 1;
          overlay.observe(subjectKeys(each), observation(sequence, each.card));
          return known;
        });
        if (unwritten !== null) together.write(unwritten.changes);
        unwritten = overlay;
        if (!isPiped) together.write(overlay.changes);
        return histories;
      });
      expect(seen).toEqual(expected);
    }),
  );
});
