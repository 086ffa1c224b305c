import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EntityKind } from './entity.ts';
import { DEVICE_CARDS_MAX, type History, observe, type Observation } from './history.ts';
import { AMOUNT_MINOR_MAX } from './money.ts';
import { assess, type RiskFacts } from './risk.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOTHING = { card: null, device: null, ip: null };

function facts(changes: Partial<RiskFacts> = {}): RiskFacts {
  return {
    nowMs: NOW_MS,
    amountMinor: 2_500n,
    currency: 'GBP',
    minorDigits: 2,
    highAmountThresholdMinor: 50_000n,
    card: 'card',
    deviceId: null,
    ip: null,
    histories: NOTHING,
    blockScore: 0.85,
    modelScore: null,
    ...changes,
  };
}

/** `count` payments, `everyMs`, the last of them now. */
function history(
  kind: EntityKind,
  count: number,
  everyMs: number,
  of: (index: number) => Partial<Observation> = () => ({}),
): History | null {
  let known: History | null = null;
  for (let index = 0; index < count; index += 1) {
    const observation = {
      atMs: NOW_MS - (count - 1 - index) * everyMs,
      sequence: index + 1,
      currency: 'GBP',
      amountMinor: 1_000n,
      isApproved: true,
      card: 'card',
      ...of(index),
    };
    known = observe(known, observation, kind);
  }
  return known;
}

const featuresOf = (changes: Partial<RiskFacts>) => assess(facts(changes)).features;
const reasonsOf = (changes: Partial<RiskFacts>) => assess(facts(changes)).reasons;
const declined = () => ({ isApproved: false });

describe('spending velocity', () => {
  const ofCard = (card: History | null, changes: Partial<RiskFacts> = {}) =>
    featuresOf({ ...changes, histories: { ...NOTHING, card } }).spending_velocity;

  test('of an unseen card is 0', () => {
    expect(ofCard(null)).toBe(0);
    expect(ofCard(history('card', 5, 1_000), { nowMs: NOW_MS + 2 * DAY })).toBe(0);
  });

  test('rises with every payment of a burst and is full at the eighth within a minute', () => {
    const seen = Array.from({ length: 10 }, (_, index) => ofCard(history('card', index, 1_000)));
    expect(seen).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1]);
  });

  test('is little for a card that is used every few hours', () => {
    expect(
      ofCard(history('card', 5, 4 * 60 * MINUTE), { nowMs: NOW_MS + 2 * MINUTE }),
    ).toBeLessThan(0.1);
  });

  test('sees a few large payments as it sees many small ones', () => {
    const large = history('card', 2, 1_000, () => ({ amountMinor: 90_000n }));
    expect(ofCard(large)).toBe(0.9);
    expect(ofCard(large, { currency: 'EUR' })).toBe(0.25);
    expect(ofCard(large, { highAmountThresholdMinor: 0n })).toBe(1);
  });

  test('says what it saw', () => {
    const burst = history('card', 9, 1_000);
    const hour = history('card', 20, 2 * MINUTE);
    const day = history('card', 40, 30 * MINUTE);
    const large = history('card', 2, 1_000, () => ({ amountMinor: 90_050n }));
    const reasons = [burst, hour, day, large, history('card', 3, 1_000)].map((card) =>
      reasonsOf({ histories: { ...NOTHING, card } }),
    );
    expect(reasons).toEqual([
      ['The card was used 9 times within a minute.'],
      ['The card was used 20 times within an hour.'],
      ['The card was used 40 times within a day.'],
      ["The card's payments within a minute come to 1801 GBP."],
      [],
    ]);
  });
});

describe('device trust', () => {
  const ofDevice = (device: History | null, changes: Partial<RiskFacts> = {}) =>
    featuresOf({ deviceId: 'device-1', ...changes, histories: { ...NOTHING, device } })
      .device_trust_score;
  const withCards = (count: number, everyMs: number) =>
    history('device', count, everyMs, (index) => ({ card: `card-${index}` }));

  test('is the same constant for all payments without a device', () => {
    expect(featuresOf({ deviceId: null }).device_trust_score).toBe(0.6);
  });

  test('of an unseen device is a prior of its own, today and tomorrow', () => {
    expect(ofDevice(null)).toBe(0.484);
    expect(ofDevice(null, { deviceId: 'device-2' })).toBe(0.602);
    expect(ofDevice(null, { nowMs: NOW_MS + DAY })).toBe(ofDevice(null));
  });

  test('a new device that uses eight cards loses most of it', () => {
    for (const deviceId of ['device-1', 'device-2', 'device-3', 'device-4']) {
      const before = ofDevice(null, { deviceId });
      expect(ofDevice(withCards(8, 10_000), { deviceId })).toBeLessThan(before / 2.5);
    }
  });

  test('goes down with every further card of a new device', () => {
    const trusts = [2, 3, 4, 5, 6, 7, 8].map((cards) => ofDevice(withCards(cards, 10_000)));
    expect(trusts.toSorted((left, right) => right - left)).toEqual(trusts);
    expect(new Set(trusts).size).toBe(7);
  });

  test('an old device with one card and no declines has nearly all of it', () => {
    expect(ofDevice(history('device', 30, 3 * DAY))).toBeGreaterThan(0.9);
  });

  test('an old device may have more cards than a new one', () => {
    expect(ofDevice(withCards(8, 20 * DAY))).toBeGreaterThan(2 * ofDevice(withCards(8, 10_000)));
  });

  test('goes down with declines', () => {
    const approved = ofDevice(history('device', 10, DAY));
    const half = ofDevice(history('device', 10, DAY, (index) => ({ isApproved: index % 2 === 0 })));
    const none = ofDevice(history('device', 10, DAY, declined));
    expect([approved > half, half > none]).toEqual([true, true]);
    expect(none).toBeLessThan(approved / 2);
  });

  test('weighs the prior less with every payment', () => {
    const spread = (device: History | null) =>
      Math.abs(ofDevice(device) - ofDevice(device, { deviceId: 'device-2' }));
    const spreads = [0, 1, 2, 6, 18].map((count) => spread(history('device', count, DAY)));
    const whole = spreads[0] ?? 0;
    for (const [index, weight] of [1, 2 / 3, 1 / 2, 1 / 4, 1 / 10].entries()) {
      expect(Math.abs((spreads[index] ?? 0) - whole * weight)).toBeLessThan(0.002);
    }
  });

  test('takes a clock that is behind the device as its first moment', () => {
    const device = history('device', 1, 0);
    expect(ofDevice(device, { nowMs: NOW_MS - DAY })).toBe(ofDevice(device));
  });

  test('says what it saw', () => {
    const seen = [
      withCards(8, 10_000),
      withCards(20, 10_000),
      withCards(2, 10_000),
      history('device', 4, DAY, (index) => ({ isApproved: index === 0 })),
      history('device', 4, DAY, (index) => ({ isApproved: index < 2 })),
      history('device', 3, DAY, declined),
    ];
    const reasons = seen.map((device) =>
      reasonsOf({ deviceId: 'device-1', histories: { ...NOTHING, device } }),
    );
    expect(reasons).toEqual([
      ['The device used 8 cards.'],
      [`The device used ${DEVICE_CARDS_MAX} cards or more.`],
      [],
      ['Most payments of the device were declined.'],
      [],
      [],
    ]);
  });
});

describe('address risk', () => {
  const ofAddress = (ip: string | null, known: History | null = null) =>
    featuresOf({ ip, histories: { ...NOTHING, ip: known } }).ip_risk_score;

  test('is the same constant for all payments without an address', () => {
    expect(ofAddress(null)).toBe(0.3);
  });

  test('of an unseen address is a prior of its own, within the bounds of its kind', () => {
    const bounds: readonly [string, number, number][] = [
      ['127.0.0.1', 0, 0.05],
      ['10.1.2.3', 0.05, 0.15],
      ['fe80::1', 0.1, 0.2],
      ['81.2.69.142', 0.15, 0.45],
      ['203.0.113.7', 0.4, 0.6],
      ['240.0.0.1', 0.5, 0.7],
      ['nowhere', 0.6, 0.8],
    ];
    for (const [ip, lowest, highest] of bounds) {
      expect(ofAddress(ip)).toBeGreaterThanOrEqual(lowest);
      expect(ofAddress(ip)).toBeLessThanOrEqual(highest);
    }
    expect(ofAddress('81.2.69.142')).toBe(ofAddress('::ffff:81.2.69.142'));
    expect(ofAddress('81.2.69.142')).not.toBe(ofAddress('81.2.69.143'));
  });

  test('grows with declines and with crowds, and goes down with approvals', () => {
    const ip = '81.2.69.142';
    const good = ofAddress(ip, history('ip', 30, DAY));
    const crowded = ofAddress(ip, history('ip', 60, 10_000));
    const bad = ofAddress(ip, history('ip', 30, DAY, declined));
    const worst = ofAddress(ip, history('ip', 60, 10_000, declined));
    expect(good).toBeLessThan(0.15);
    expect(crowded).toBeGreaterThan(good + 0.2);
    expect(bad).toBeGreaterThan(crowded + 0.2);
    expect(worst).toBeGreaterThan(0.95);
  });

  test('keeps a part of what the kind says for ever', () => {
    expect(ofAddress('nowhere', history('ip', 1_000, DAY))).toBeGreaterThan(0.3);
    expect(ofAddress('10.1.2.3', history('ip', 1_000, DAY))).toBeLessThan(0.04);
  });

  test('says what it saw', () => {
    const ask = (ip: string, known: History | null) =>
      reasonsOf({ ip, histories: { ...NOTHING, ip: known } });
    const burst = history('ip', 30, 10_000);
    const declines = history('ip', 30, 10_000, declined);
    expect(ask('240.0.0.1', null)).toEqual(['The address is reserved: nobody can pay from there.']);
    expect(ask('192.0.2.1', burst)).toEqual([
      'The address is one of those that only documentation uses.',
    ]);
    expect(ask('nowhere', declines)).toEqual(['The address cannot be read.']);
    expect(ask('81.2.69.142', burst)).toEqual(['The address was used 30 times within an hour.']);
    expect(ask('81.2.69.142', declines)).toEqual(['Most payments from the address were declined.']);
    expect(ask('81.2.69.142', history('ip', 10, 10_000))).toEqual([]);
    expect(ask('81.2.69.142', null)).toEqual([]);
  });
});

describe('the score', () => {
  const device = fc.option(fc.string(), { nil: null });
  const ip = fc.option(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), { nil: null });

  test('of somebody of whom nothing is known never blocks, whatever the amount', () => {
    fc.assert(
      fc.property(device, ip, (deviceId, address) => {
        const { score, level } = assess(
          facts({ deviceId, ip: address, amountMinor: AMOUNT_MINOR_MAX }),
        );
        // 0.1 is left, which is all that a burst on the card could add.
        expect(score).toBeLessThan(0.85 - 0.1);
        expect(level).not.toBe('highest');
      }),
      { numRuns: 2_000 },
    );
  });

  test('is the sum of the contributions and follows from the features, all as printed', () => {
    const known = (kind: EntityKind) =>
      fc
        .tuple(fc.nat({ max: 20 }), fc.nat({ max: 3 * MINUTE }), fc.nat({ max: 3 }))
        .map(([count, everyMs, some]) =>
          history(kind, count, everyMs, (index) => ({
            card: `card-${index}`,
            isApproved: index % (some + 1) === 0,
          })),
        );
    const histories = fc.record({ card: known('card'), device: known('device'), ip: known('ip') });
    const amount = fc.bigInt({ min: 0n, max: 200_000n });
    fc.assert(
      fc.property(device, ip, histories, amount, (deviceId, address, seen, amountMinor) => {
        const asked = facts({ deviceId, ip: address, histories: seen, amountMinor });
        const { score, features, contributions } = assess(asked);
        const parts = Object.values(contributions);
        expect(parts.reduce((sum, part) => sum + tenThousandths(part), 0)).toBe(
          tenThousandths(score),
        );
        expect(contributions).toMatchObject({
          device_trust: rounded(0.4 * (1 - features.device_trust_score)),
          ip_risk: rounded(0.3 * features.ip_risk_score),
          spending_velocity: rounded(0.1 * features.spending_velocity),
        });
        for (const printed of [score, ...parts, ...Object.values<number>({ ...features })]) {
          expect(String(printed)).toMatch(/^(?:1|0(?:\.\d{1,4})?)$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('has no dust', () => {
    const { score, contributions } = assess(facts({ amountMinor: 50_000n }));
    expect(JSON.stringify({ score, contributions })).toBe(
      '{"score":0.35,"contributions":{"device_trust":0.16,"ip_risk":0.09,"amount":0.1,"spending_velocity":0}}',
    );
  });

  test.each([
    [0n, 50_000n, 0],
    [-1n, 50_000n, 0],
    [50_000n, 50_000n, 0.1],
    [33_333n, 50_000n, 0.0666],
    [100_000n, 50_000n, 0.2],
    [AMOUNT_MINOR_MAX, 50_000n, 0.2],
    [0n, 0n, 0],
    [1n, 0n, 0.2],
  ])('takes an amount of %s at a threshold of %s as %s', (amountMinor, threshold, amount) => {
    const { contributions } = assess(facts({ amountMinor, highAmountThresholdMinor: threshold }));
    expect(contributions).toMatchObject({ amount });
  });

  test('of a stolen batch of cards, tried quickly from a bad address, blocks', () => {
    const histories = {
      card: history('card', 8, 1_000),
      device: history('device', 20, 5_000, (index) => ({
        card: `card-${index}`,
        isApproved: false,
      })),
      ip: history('ip', 60, 5_000, declined),
    };
    const { score, level, reasons } = assess(
      facts({ deviceId: 'device-1', ip: '81.2.69.142', amountMinor: 100_000n, histories }),
    );
    expect(score).toBeGreaterThan(0.85);
    expect(level).toBe('highest');
    expect(reasons).toEqual([
      'The card was used 8 times within a minute.',
      'The device used 16 cards or more.',
      'Most payments from the address were declined.',
      'The amount is at least twice the threshold for high amounts.',
    ]);
  });

  test('has a level from each threshold on', () => {
    const levels = (blockScore: number, modelScores: readonly number[]) =>
      modelScores.map((modelScore) => assess(facts({ blockScore, modelScore })).level);
    expect(levels(0.85, [0, 0.4999, 0.5, 0.8499, 0.85, 1])).toEqual([
      'normal',
      'normal',
      'elevated',
      'elevated',
      'highest',
      'highest',
    ]);
    expect(levels(0.3, [0.29, 0.3])).toEqual(['normal', 'highest']);
  });
});

describe('a model', () => {
  test('takes the place of the score, and of nothing else', () => {
    const asked = facts({ deviceId: 'device-1', ip: '203.0.113.7', amountMinor: 100_000n });
    const own = assess(asked);
    const { score, features, contributions, reasons } = assess({ ...asked, modelScore: 0.912345 });
    expect(score).toBe(0.9123);
    expect(contributions).toEqual({ model: 0.9123 });
    expect(features).toEqual(own.features);
    expect(reasons).toEqual(['The risk model scored the payment 0.9123.']);
  });

  test('gives no reason for a normal payment', () => {
    expect(reasonsOf({ modelScore: 0.2, ip: '203.0.113.7' })).toEqual([]);
  });

  test.each([-0.1, 1.1, NaN])('cannot answer %s', (modelScore) => {
    expect(() => assess(facts({ modelScore }))).toThrow('between 0 and 1');
  });
});

describe('the facts for rules', () => {
  const seen = [
    { amountMinor: 1_999n },
    { amountMinor: 1n, currency: 'USD' },
    { amountMinor: 500n, card: 'card-2' },
  ];
  const histories = {
    card: history('card', 3, 20 * MINUTE, (index) => seen[index] ?? {}),
    device: history('device', 3, 10_000, (index) => seen[index] ?? {}),
    ip: null,
  };

  test('are counts and sums in major units of the payment’s currency', () => {
    const { velocity } = assess(facts({ histories }));
    const none = { count_1m: 0, count_1h: 0, count_24h: 0, sum_1m: 0, sum_1h: 0, sum_24h: 0 };
    expect(velocity).toEqual({
      card: { count_1m: 1, count_1h: 3, count_24h: 3, sum_1m: 5, sum_1h: 24.99, sum_24h: 24.99 },
      device: {
        count_1m: 3,
        count_1h: 3,
        count_24h: 3,
        sum_1m: 24.99,
        sum_1h: 24.99,
        sum_24h: 24.99,
        cards: 2,
      },
      ip: none,
    });
    expect(assess(facts({ histories: NOTHING })).velocity.device).toEqual({ ...none, cards: 0 });
  });

  test('follow the digits of the currency', () => {
    const sumOf = (minorDigits: number) =>
      assess(facts({ histories, minorDigits })).velocity.device.sum_1m;
    expect([0, 2, 3].map(sumOf)).toEqual([2_499, 24.99, 2.499]);
  });

  test('are made once, when they are asked for, and are no part of the JSON', () => {
    const assessment = assess(facts({ histories }));
    expect(assessment.velocity).toBe(assessment.velocity);
    expect(Object.keys(JSON.parse(JSON.stringify(assessment)) as object)).toEqual([
      'score',
      'level',
      'features',
      'contributions',
      'reasons',
    ]);
  });
});

function tenThousandths(printed: number): number {
  return Math.round(printed * 10_000);
}

function rounded(share: number): number {
  return tenThousandths(share) / 10_000;
}
