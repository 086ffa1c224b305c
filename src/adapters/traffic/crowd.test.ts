import { beforeAll, describe, expect, test } from 'vitest';
import { isLuhn } from '../../core/card.ts';
import { findTestCard } from '../../core/test-cards.ts';
import { dueAtMs, hourAt, planOf, type TrafficWish } from '../../core/traffic/plan.ts';
import type { TrafficMix } from '../../core/traffic/scenario.ts';
import type { TrafficPayment } from '../../engine/traffic/ports.ts';
import { crowdOf } from './crowd.ts';
import { merchantsAt } from './opening-hours.ts';

interface Body {
  readonly amount: number;
  readonly currency: string;
  readonly merchant?: string;
  readonly recipient?: string;
  readonly card_number?: string;
  readonly card?: { readonly number: string };
  readonly device_id?: string;
  readonly ip?: string;
  readonly simulate?: unknown;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Made extends TrafficPayment {
  readonly asked: Body;
  readonly number: string | undefined;
}

/** Monday, nine in the morning. */
const SEED = 168 * 100 + 9;

function some(count: number, wish: TrafficWish = {}): Made[] {
  const plan = planOf({ preset: 'black_friday', seed: SEED, rate: 20, ...wish }, 1);
  const crowd = crowdOf(plan, 'tr_1');
  return Array.from({ length: count }, (_, index) => {
    const payment = crowd.next(hourAt(plan, dueAtMs(plan, index)));
    const asked = JSON.parse(payment.body) as Body;
    return { ...payment, asked, number: asked.card_number ?? asked.card?.number };
  });
}

function only(mix: TrafficMix, count = 2_000, more: TrafficWish = {}): Made[] {
  return some(count, { ...more, mix });
}

function shareOf<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.filter(isCounted).length / items.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

function pounds(payments: readonly Made[]): number[] {
  return payments.filter(({ asked }) => asked.currency === 'GBP').map(({ asked }) => asked.amount);
}

let all: Made[];
beforeAll(() => {
  all = some(5_000);
});

describe('a crowd', () => {
  test('asks for the same payments for the same seed, and for others for another one', () => {
    const bodies = (made: readonly Made[]) => made.map(({ path, body }) => `${path} ${body}`);
    expect(bodies(some(300))).toEqual(bodies(all.slice(0, 300)));
    const others = new Set(bodies(some(300, { seed: SEED + 168 })));
    expect(bodies(all).filter((body) => others.has(body))).toEqual([]);
  });

  test('does what its customers do next the same way each time', () => {
    const followUps = (made: readonly Made[]) => made.map(({ followUp }) => followUp);
    expect(followUps(some(300))).toEqual(followUps(all.slice(0, 300)));
  });

  test('says in the metadata of each payment what it really is', () => {
    for (const { asked, scenario } of all) {
      const label = ['shopping', 'invoices'].includes(scenario) ? 'legitimate' : scenario;
      expect(asked.metadata).toEqual({
        traffic_run: 'tr_1',
        traffic_label: label,
        traffic_scenario: scenario,
      });
    }
  });

  test.each<TrafficMix>([
    { shopping: 86, invoices: 4, card_testing: 6, account_takeover: 2, friendly_fraud: 2 },
    { shopping: 1, card_testing: 1 },
    { account_takeover: 0.3, friendly_fraud: 0.7 },
    { card_testing: 5, shopping: 0 },
    { shopping: 1_000_000, account_takeover: 1_000 },
  ])('has each scenario in its share: %j', (mix) => {
    const made = only(mix, 20_000);
    const sum = Object.values(mix).reduce((total, weight) => total + weight, 0);
    for (const [name, weight] of Object.entries(mix)) {
      const share = shareOf(made, ({ scenario }) => scenario === name);
      expect(Math.abs(share - weight / sum)).toBeLessThan(0.005);
    }
  });

  test('has its fraud in the shares of the preset after a minute or so already', () => {
    const attack = some(1_200, { preset: 'card_testing' });
    expect(shareOf(attack, ({ scenario }) => scenario === 'card_testing')).toBeCloseTo(0.32, 1);
  });

  test('uses card numbers that pass the check and force nothing', () => {
    const numbers = new Set(all.flatMap(({ number }) => number ?? []));
    expect(numbers.size).toBeGreaterThan(500);
    for (const number of numbers) {
      expect(isLuhn(number)).toBe(true);
      expect(findTestCard(number)).toBeNull();
    }
  });
});

describe('shopping', () => {
  test('has customers who come back with their own device and address', () => {
    const shopping = only({ shopping: 1 }, 4_000);
    const visits = Map.groupBy(shopping, ({ number }) => number);
    const counts = [...visits.values()].map((made) => made.length).toSorted((a, b) => b - a);
    // 4,000 customers: the keenest ones often, most once or never.
    expect(counts[0]).toBeGreaterThan(8);
    expect(counts[0]).toBeLessThan(25);
    expect(counts.length).toBeGreaterThan(1_000);
    expect(counts.length).toBeLessThan(2_400);
    expect(shareOf(counts, (count) => count === 1)).toBeGreaterThan(0.3);
    const atHome: number[] = [];
    for (const own of visits.values()) {
      const remote = own.filter(({ asked }) => asked.device_id !== undefined);
      if (remote.length < 5) continue;
      const ips = Map.groupBy(remote, ({ asked }) => asked.ip);
      const home = Math.max(...[...ips.values()].map((made) => made.length));
      atHome.push(home / remote.length);
      const devices = Map.groupBy(remote, ({ asked }) => asked.device_id);
      expect([...devices.values()].filter((made) => made.length > 2).length).toBeLessThanOrEqual(2);
    }
    expect(atHome.length).toBeGreaterThan(10);
    expect(median(atHome)).toBeGreaterThan(0.75);
  });

  test('costs little mostly, sometimes much, and often ends in 99', () => {
    const amounts = pounds(only({ shopping: 1 }, 6_000));
    expect(median(amounts)).toBeGreaterThan(5);
    expect(median(amounts)).toBeLessThan(40);
    expect(Math.max(...amounts)).toBeGreaterThan(median(amounts) * 15);
    const ending = (cents: number) => (amount: number) => Math.round(amount * 100) % 100 === cents;
    expect(shareOf(amounts, ending(99))).toBeCloseTo(0.45, 1);
    expect(shareOf(amounts, ending(0))).toBeCloseTo(0.15, 1);
  });

  test('costs at each shop what it costs there: the logarithm is spread evenly around its middle', () => {
    const made = only({ shopping: 1 }, 8_000);
    const at = (name: string) =>
      pounds(made.filter(({ asked }) => (asked.merchant ?? asked.recipient) === name));
    expect(median(at('Market Street Grocery'))).toBeGreaterThan(4 * median(at('Blue Door Coffee')));
    const logs = at('Market Street Grocery').map((amount) => Math.log(amount));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const deviation = Math.sqrt(
      logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length,
    );
    expect(Math.abs(mean - Math.log(22.5))).toBeLessThan(0.15);
    expect(Math.abs(deviation - 0.8)).toBeLessThan(0.1);
  });

  test('is where people go at that hour', () => {
    const shareAt = (name: string, hour: number) =>
      merchantsAt(hour).find((merchant) => merchant.name === name)?.share ?? 0;
    expect(shareAt('Blue Door Coffee', 8)).toBeGreaterThan(5 * shareAt('Blue Door Coffee', 21));
    expect(shareAt('Old Mill Restaurant', 20)).toBeGreaterThan(
      3 * shareAt('Old Mill Restaurant', 8),
    );
    // Friday morning and Sunday morning.
    expect(shareAt('Blue Door Coffee', 104)).toBeGreaterThan(shareAt('Blue Door Coffee', 152));
    for (let hour = 0; hour < 168; hour += 1) {
      const sum = merchantsAt(hour).reduce((total, { share }) => total + share, 0);
      expect(sum).toBeCloseTo(1, 9);
    }
    const coffee = ({ asked }: Made) => (asked.merchant ?? asked.recipient) === 'Blue Door Coffee';
    const evening = only({ shopping: 1 }, 2_000, { seed: 168 * 100 + 21 });
    expect(shareOf(all, coffee)).toBeGreaterThan(2 * shareOf(evening, coffee));
  });

  test('is returned now and then, in part or whole', () => {
    const returned = only({ shopping: 1 }, 5_000).filter(({ followUp }) => followUp !== null);
    expect(returned.length / 5_000).toBeCloseTo(0.04, 2);
    const partial = returned.filter(({ followUp, asked }) => {
      const { amount } = JSON.parse(followUp?.body ?? '{}') as { amount?: number };
      if (amount !== undefined) expect(amount).toBeLessThan(asked.amount);
      return amount !== undefined;
    });
    expect(Math.abs(partial.length / returned.length - 0.3)).toBeLessThan(0.1);
  });
});

test('invoices are paid from accounts, and most are tried again if they fail', () => {
  const invoices = only({ invoices: 1 }, 1_000);
  for (const { path, asked } of invoices) {
    expect(path).toBe('/payments');
    expect(asked.recipient).toMatch(/^[a-z]+\.[a-z]+@example\.com$/);
    expect(asked.card).toBeUndefined();
  }
  expect(shareOf(invoices, ({ followUp }) => followUp?.kind === 'retry')).toBeCloseTo(0.6, 1);
});

describe('card testing', () => {
  test('comes in bursts of small amounts on many cards from one device and address', () => {
    const made = some(3_000, { mix: { shopping: 68, card_testing: 32 } });
    const tests = made.filter(({ scenario }) => scenario === 'card_testing');
    const bursts = [...Map.groupBy(tests, ({ asked }) => asked.device_id).values()];
    const whole = bursts.slice(0, -1);
    expect(whole.length).toBeGreaterThan(15);
    for (const burst of whole) {
      expect(burst).toHaveLength(40);
      expect(new Set(burst.map(({ asked }) => asked.ip)).size).toBe(1);
      const cards = new Set(burst.map(({ number }) => number)).size;
      expect(cards).toBeGreaterThan(25);
      expect(cards).toBeLessThanOrEqual(40);
      const [first = 0, last = 0] = [burst[0], burst.at(-1)].map((one) =>
        one === undefined ? 0 : made.indexOf(one),
      );
      // 40 within 100, with others in between.
      expect(last - first).toBeLessThan(100);
    }
    expect(Math.max(...tests.map(({ asked }) => asked.amount))).toBeLessThan(4);
    expect(shareOf(tests, ({ asked }) => asked.simulate !== undefined)).toBeCloseTo(0.65, 1);
  });

  test('tries cards that no customer has', () => {
    const customers = new Set(only({ shopping: 1 }, 3_000).map(({ number }) => number));
    const tried = only({ card_testing: 1 }, 1_000);
    expect(tried.filter(({ number }) => customers.has(number))).toEqual([]);
  });
});

describe('an account takeover', () => {
  test('is a known card on a new device at a new address, with much larger amounts, four times', () => {
    const made = some(8_000, { mix: { shopping: 90, account_takeover: 10 } });
    const thefts = made.filter(({ scenario }) => scenario === 'account_takeover');
    const ordinary = made.filter(({ scenario }) => scenario === 'shopping');
    const known = new Set(ordinary.map(({ number }) => number));
    const devices = new Set(ordinary.map(({ asked }) => asked.device_id));
    const episodes = [...Map.groupBy(thefts, ({ asked }) => asked.device_id)].slice(0, -1);
    expect(episodes.length).toBeGreaterThan(150);
    for (const [device, payments] of episodes) {
      expect(payments).toHaveLength(4);
      expect(devices).not.toContain(device);
      expect(new Set(payments.map(({ number }) => number)).size).toBe(1);
      expect(new Set(payments.map(({ asked }) => asked.ip)).size).toBe(1);
    }
    expect(shareOf(thefts, ({ number }) => known.has(number))).toBeGreaterThan(0.85);
    expect(median(pounds(thefts))).toBeGreaterThan(10 * median(pounds(ordinary)));
  });
});

test('friendly fraud looks like shopping over a network, and is claimed back', () => {
  const frauds = only({ friendly_fraud: 1 }, 1_500, { rate: 2 });
  const reasons = new Set<string>();
  for (const { followUp, asked } of frauds) {
    expect(asked.device_id).toMatch(/^dev-/);
    expect(followUp).toMatchObject({ kind: 'refund' });
    reasons.add(String((JSON.parse(followUp?.body ?? '{}') as { reason?: string }).reason));
  }
  expect(reasons.size).toBe(4);
  const known = new Set(
    only({ shopping: 1 }, 4_000, { rate: 2 }).map(({ asked }) => asked.device_id),
  );
  expect(shareOf(frauds, ({ asked }) => known.has(asked.device_id))).toBeGreaterThan(0.8);
});
