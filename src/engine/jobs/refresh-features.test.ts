import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectEventually } from '../../../test/property/store.ts';
import { cardOf } from '../../../test/support/payment.ts';
import {
  authorizeCommand,
  mustDecide,
  testClock,
  type TestClock,
  testEngine,
} from '../../../test/support/engine.ts';
import { emptyStore } from '../../../test/support/store.ts';
import { memoryFeatures } from '../../adapters/features/memory.ts';
import { entityKey } from '../../core/entity.ts';
import { approvedCount, declinedCount } from '../../core/history.ts';
import { replay } from '../feature-replay.ts';
import type { FeatureEntry, FeatureStore } from '../features.ts';
import type { Engine, LogPosition, Store } from '../ports.ts';
import type { JobSteps } from './handlers.ts';
import type { JobId } from './job.ts';
import { refreshFeatures } from './refresh-features.ts';

const CARDS = ['card-a', 'card-b', 'card-c'];

let store: Store;
let clock: TestClock;
let engine: Engine;
let advanced: [number, number | null][];

beforeEach(async () => {
  clock = testClock();
  store = await emptyStore(clock);
  engine = testEngine(store, clock);
  advanced = [];
  for (let index = 0; index < 12; index += 1) {
    clock.advance(1_000);
    await pay(CARDS[index % 3] ?? '', `device-${index % 2}`);
  }
  clock.advance(60_000);
});
afterEach(() => store.close());

async function pay(fingerprint: string, deviceId: string) {
  const card = { ...cardOf(), fingerprint };
  await mustDecide(engine, authorizeCommand({ card, deviceId, ip: '100.64.0.1' }));
}

function refresh(fingerprint: string | null, shared: FeatureStore | null = null) {
  const steps: JobSteps<'refresh_features'> = {
    id: 'job_1' as JobId,
    params: { card_fingerprint: fingerprint },
    done: 0,
    signal: new AbortController().signal,
    advance: async (...progress) => void advanced.push(progress),
  };
  return refreshFeatures({ engine, shared })(steps);
}

/** What a replay of the whole log makes of it. */
async function fromLog() {
  const features = memoryFeatures();
  await replay(store, features, 0);
  return features;
}

const keys = [
  ...CARDS.map((card) => entityKey('card', card)),
  entityKey('device', 'device-0'),
  entityKey('device', 'device-1'),
  entityKey('ip', '100.64.0.1'),
];
const knownNow = () => keys.map((key) => engine.features.read(key));

describe('refreshing all', () => {
  test('finds nothing to put right in what followed the log', async () => {
    const before = knownNow();
    expect(await refresh(null)).toEqual({ entities: 6, differing: 0, busy: 0 });
    expect(knownNow()).toEqual(before);
    const head = await store.logHead();
    expect(advanced.at(-1)).toEqual([head.sequence, head.sequence]);
  });

  test('puts right what was forgotten and what is wrong', async () => {
    const [a = '', b = ''] = keys;
    const wrong = engine.features.read(b);
    if (wrong === null) throw new Error('it is known');
    const good = knownNow();
    engine.features.clear();
    engine.features.write([[a, wrong] as FeatureEntry]);
    expect(await refresh(null)).toMatchObject({ entities: 6, differing: 6 });
    expect(knownNow()).toEqual(good);
    const truth = await fromLog();
    expect(knownNow()).toEqual(keys.map((key) => truth.read(key)));
    expect(await refresh(null)).toMatchObject({ differing: 0 });
  });

  test('lets what is in use alone, and goes on when it is not', async () => {
    await pay('card-a', 'device-1');
    engine.features.clear();
    const refreshed = refresh(null);
    // The card, its device and its address are waited for.
    await expectEventually(() => engine.features.size === 3);
    clock.advance(10_000);
    expect(await refreshed).toEqual({ entities: 6, differing: 6, busy: 0 });
    const truth = await fromLog();
    expect(knownNow()).toEqual(keys.map((key) => truth.read(key)));
  });

  test('has what other processes find when they start made anew', async () => {
    let rebuilds = 0;
    const shared = sharedOf({
      async rebuild() {
        rebuilds += 1;
        return rebuilds === 1;
      },
    });
    expect(await refresh(null, shared)).toMatchObject({ shared: 'rebuilding' });
    expect(await refresh(null, shared)).toMatchObject({ shared: 'unavailable' });
  });
});

describe('refreshing one card', () => {
  test('makes nothing else anew', async () => {
    engine.features.clear();
    expect(await refresh('card-b')).toEqual({ entities: 1, differing: 1, busy: 0 });
    expect(knownNow().map((history) => history !== null)).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
    ]);
    const history = engine.features.read(entityKey('card', 'card-b'));
    expect(approvedCount(history) + declinedCount(history)).toBe(4);
  });

  test('that nobody knows is no failure', async () => {
    expect(await refresh('card-z')).toEqual({ entities: 0, differing: 0, busy: 0 });
  });

  test('puts it where other processes find it, with how far in the log it is', async () => {
    const puts: { keys: string[]; position: LogPosition }[] = [];
    const shared = sharedOf({
      async put(entries, position) {
        puts.push({ keys: [...entries].map(([key]) => key), position });
        return puts.length < 3 ? 'behind' : 'written';
      },
    });
    expect(await refresh('card-a', shared)).toMatchObject({ shared: 'written' });
    const { writer, sequence } = await store.logHead();
    expect(puts).toEqual(Array(3).fill({ keys: ['c:card-a'], position: { writer, sequence } }));
  });
});

function sharedOf(changes: Partial<FeatureStore>): FeatureStore {
  return {
    reached: async () => null,
    put: async () => 'unavailable',
    rebuild: async () => false,
    ...changes,
  };
}
