import { describe, expect, test } from 'vitest';
import { memoryFeatures } from '../adapters/features/memory.ts';
import { subjectKeys } from '../core/entity.ts';
import { paymentIdOf } from '../core/ids.ts';
import { FeatureOverlay } from './features.ts';
import { type LogReader, observationOf, replay } from './feature-replay.ts';
import type { EventPage, StoredEvent } from './ports.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const FACTS = {
  card: 'f00d',
  device: 'device-1',
  ip: '81.2.69.142',
  amount_minor: '15075',
  currency: 'GBP',
};

function causeWith(facts: unknown): string {
  return JSON.stringify({ command: 'create_payment', verdict: { rule: 'no_objection' }, facts });
}

function event(changes: Partial<Parameters<typeof observationOf>[0]> = {}) {
  return {
    sequence: 7,
    type: 'payment.succeeded',
    atMs: NOW_MS,
    cause: causeWith(FACTS),
    ...changes,
  };
}

describe('what an event says of a card payment', () => {
  test('is who paid, what, when and how it ended', () => {
    expect(observationOf(event())).toEqual({
      subjects: { card: 'f00d', deviceId: 'device-1', ip: '81.2.69.142' },
      observation: {
        atMs: NOW_MS,
        sequence: 7,
        currency: 'GBP',
        amountMinor: 15_075n,
        isApproved: true,
        card: 'f00d',
      },
    });
  });

  test.each([
    ['payment.succeeded', true],
    ['payment.authorized', true],
    ['payment.failed', false],
  ])('%s: approved is %s', (type, isApproved) => {
    expect(observationOf(event({ type }))?.observation.isApproved).toBe(isApproved);
  });

  test('may name neither device nor address', () => {
    const cause = causeWith({ ...FACTS, device: null, ip: null });
    expect(observationOf(event({ cause }))?.subjects).toEqual({
      card: 'f00d',
      deviceId: null,
      ip: null,
    });
  });

  test('is read whatever stands in it and beside it', () => {
    const device = '}"\\"facts\\":{" \\';
    const cause = JSON.stringify({ a: '}{', facts: { ...FACTS, device }, b: { card: 'no' } });
    expect(observationOf(event({ cause }))?.subjects).toEqual({
      card: 'f00d',
      deviceId: device,
      ip: '81.2.69.142',
    });
  });

  test.each([
    ['another event', { type: 'payment.captured' }],
    ['a decision without a card', { cause: '{"command":"timer_elapsed"}' }],
    ['a text that looks like facts', { cause: JSON.stringify({ rule: '"facts":{"card":"x"}' }) }],
    ['facts that are none', { cause: causeWith(null) }],
    ['a list', { cause: '["facts"]' }],
    ['a text', { cause: '"facts"' }],
  ])('is nothing: %s', (_name, changes) => {
    expect(observationOf(event(changes))).toBeNull();
  });

  test.each([
    ['no card', { card: undefined }],
    ['a number for a device', { device: 7 }],
    ['no address and no null', { ip: undefined }],
    ['an amount as a number', { amount_minor: 15_075 }],
    ['an amount with a sign', { amount_minor: '-1' }],
    ['an amount that is too long', { amount_minor: '1234567890123' }],
    ['no currency', { currency: null }],
  ])('is never half of it: %s', (_name, changes) => {
    const cause = causeWith({ ...FACTS, ...changes });
    expect(() => observationOf(event({ cause }))).toThrow('assertion failed');
  });

  test('is never read from a cause that was cut off', () => {
    const cause = causeWith(FACTS).slice(0, -5);
    expect(() => observationOf(event({ cause }))).toThrow(SyntaxError);
  });
});

describe('a replay', () => {
  /** A log of card decisions in which every third event is another one. */
  const log = Array.from({ length: 5_000 }, (_, index): StoredEvent => {
    const isDecision = index % 3 !== 0;
    const facts = {
      ...FACTS,
      card: `card-${index % 40}`,
      device: index % 5 === 0 ? null : `device-${index % 17}`,
      ip: index % 7 === 0 ? null : `81.2.69.${index % 23}`,
    };
    return {
      sequence: index + 1,
      paymentId: paymentIdOf('01980000-0000-7000-8000-000000000000'),
      paymentSequence: 1,
      type: isDecision
        ? index % 4 === 0
          ? 'payment.failed'
          : 'payment.succeeded'
        : 'payment.created',
      atMs: NOW_MS + index * 3_000,
      requestId: 'request',
      actor: 'test',
      cause: isDecision ? causeWith(facts) : '{"command":"create_payment"}',
      data: '{}',
    };
  });

  /** Answers as stores do: a filter by type looks through a bounded part of the log. */
  function logUpTo(head: number, pages: number[] = []): LogReader {
    return {
      async events({ after, limit, types = [] }): Promise<EventPage> {
        pages.push(after);
        const scanTo = Math.min(head, after + 700);
        const matching = log.slice(after, scanTo).filter(({ type }) => types.includes(type));
        const events = matching.slice(0, limit);
        const last = events.at(-1)?.sequence ?? after;
        return { events, scannedTo: events.length < limit ? scanTo : last };
      },
    };
  }

  function readAll(cache: ReturnType<typeof memoryFeatures>): unknown[] {
    return log.map(({ cause, sequence, atMs }) => {
      const observed = observationOf({ sequence, atMs, cause, type: 'payment.succeeded' });
      return observed === null
        ? null
        : new FeatureOverlay(cache).histories(subjectKeys(observed.subjects));
    });
  }

  function live(head: number) {
    const cache = memoryFeatures();
    for (const each of log.slice(0, head)) {
      const observed = observationOf(each);
      if (observed === null) continue;
      const overlay = new FeatureOverlay(cache);
      overlay.observe(subjectKeys(observed.subjects), observed.observation);
      cache.write(overlay.changes);
    }
    return cache;
  }

  test('of the whole log gives what was known when it was written', async () => {
    const cache = memoryFeatures();
    const pages: number[] = [];
    expect(await replay(logUpTo(5_000, pages), cache, 0)).toBe(5_000);
    expect(readAll(cache)).toEqual(readAll(live(5_000)));
    expect(pages).toEqual([0, 700, 1_400, 2_100, 2_800, 3_500, 4_200, 4_900, 5_000]);
  });

  test('of an empty log gives nothing', async () => {
    const cache = memoryFeatures();
    expect(await replay(logUpTo(0), cache, 0)).toBe(0);
    expect(cache.size).toBe(0);
  });

  test.each([0, 1, 1_999, 3_000])(
    'after event %i brings a cache that knew 3,000 up to date',
    async (after) => {
      const cache = live(3_000);
      expect(await replay(logUpTo(5_000), cache, after)).toBe(5_000);
      expect(readAll(cache)).toEqual(readAll(live(5_000)));
    },
  );

  test('again changes nothing', async () => {
    const cache = live(5_000);
    const before = readAll(cache);
    await replay(logUpTo(5_000), cache, 0);
    await replay(logUpTo(5_000), cache, 4_000);
    expect(readAll(cache)).toEqual(before);
  });
});
