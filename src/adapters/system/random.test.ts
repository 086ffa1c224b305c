import { describe, expect, test } from 'vitest';
import { repeatableEntropy } from '../../../test/support/engine.ts';
import { newSeed, systemRandom } from './random.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOW_MS = Date.UTC(2026, 0, 1);

function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

describe('an id', () => {
  test('is a UUIDv7 of its moment', () => {
    const random = systemRandom('seed');
    for (let made = 0; made < 1_000; made += 1) {
      const id = random.newId(NOW_MS + made);
      expect(id).toMatch(UUID_V7);
      expect(timeOf(id)).toBe(NOW_MS + made);
    }
  });

  const clocks: readonly [string, (made: number) => number][] = [
    ['stands', () => NOW_MS],
    ['runs', (made) => NOW_MS + made],
    ['creeps', (made) => NOW_MS + Math.floor(made / 1_000)],
    ['runs backwards', (made) => NOW_MS - made],
    ['jumps', (made) => NOW_MS + (made % 7) * 1_000 - (made % 3) * 5_000],
    ['begins at zero', () => 0],
  ];
  test.each(clocks)('is greater than all before it while the clock %s', (_name, clock) => {
    const random = systemRandom('seed');
    let last = '';
    for (let made = 0; made < 20_000; made += 1) {
      const id = random.newId(clock(made));
      if (id <= last) throw new Error(`${id} came after ${last}`);
      expect(id).toMatch(UUID_V7);
      last = id;
    }
  });

  test('borrows no more than the milliseconds it needs while the clock stands', () => {
    const random = systemRandom('seed');
    const ids = Array.from({ length: 20_000 }, () => random.newId(NOW_MS));
    expect(timeOf(ids.at(-1) ?? '')).toBeLessThanOrEqual(NOW_MS + 6);
  });

  test('differs in every part that is left to chance', () => {
    const random = systemRandom('seed');
    const ids = Array.from({ length: 5_000 }, (_, made) => random.newId(NOW_MS + made));
    expect(new Set(ids.map((id) => id.slice(24))).size).toBe(5_000);
    expect(new Set(ids.map((id) => id.slice(19, 23))).size).toBeGreaterThan(3_500);
    expect(new Set(ids.map((id) => id.slice(14, 18))).size).toBeGreaterThan(1_500);
    for (const variant of ['8', '9', 'a', 'b']) {
      expect(ids.filter((id) => id[19] === variant).length).toBeGreaterThan(1_000);
    }
  });

  test('does not follow the seed unless its entropy does', () => {
    expect(systemRandom('seed').newId(NOW_MS)).not.toBe(systemRandom('seed').newId(NOW_MS));
    const repeated = () => systemRandom('seed', repeatableEntropy('entropy')).newId(NOW_MS);
    expect(repeated()).toBe(repeated());
  });
});

describe('a draw', () => {
  test('is the same for the same seed, payment, attempt and purpose, today and tomorrow', () => {
    const { draw } = systemRandom('golden');
    expect(draw(1, 1, 'failure')).toBe(0.6484209894337383);
    expect(draw(1, 1, 'jitter')).toBe(0.6325789313563135);
    expect(draw(123_456, 2, 'failure')).toBe(0.780133554790492);
  });

  test('does not hang on the draws before it', () => {
    const one = systemRandom('seed');
    const other = systemRandom('seed');
    for (let ordinal = 1; ordinal < 100; ordinal += 1) other.draw(ordinal, 1, 'jitter');
    expect(other.draw(7, 3, 'failure')).toBe(one.draw(7, 3, 'failure'));
  });

  test('is another one for every other argument and seed', () => {
    const { draw } = systemRandom('seed');
    const draws = [
      draw(1, 1, 'failure'),
      draw(1, 1, 'jitter'),
      draw(1, 2, 'failure'),
      draw(2, 1, 'failure'),
      draw(11, 1, 'failure'),
      draw(1, 11, 'failure'),
      systemRandom('other').draw(1, 1, 'failure'),
    ];
    expect(new Set(draws).size).toBe(draws.length);
  });

  test.each(['seed-one', 'seed-two', newSeed()])(
    'with the seed %s is uniform in [0, 1)',
    (seed) => {
      const { draw } = systemRandom(seed);
      const cells = Array.from({ length: 100 }, () => 0);
      const count = 20_000;
      for (let ordinal = 1; ordinal <= count; ordinal += 1) {
        const drawn = draw(ordinal, 1, 'failure');
        if (!(drawn >= 0 && drawn < 1)) throw new Error(`${drawn} is not in [0, 1)`);
        const cell = Math.floor(drawn * 100);
        cells[cell] = (cells[cell] ?? 0) + 1;
      }
      const expected = count / 100;
      const chiSquare = cells.reduce((sum, cell) => sum + (cell - expected) ** 2 / expected, 0);
      // 99 degrees of freedom: above 175 once in a quarter of a million seeds, below 45 just as rarely.
      expect(chiSquare).toBeLessThan(175);
      expect(chiSquare).toBeGreaterThan(45);
    },
  );

  test('of neighbouring payments is not related', () => {
    const { draw } = systemRandom('seed');
    const pairs = Array.from({ length: 10_000 }, (_, index) => [
      draw(index + 1, 1, 'failure') - 0.5,
      draw(index + 2, 1, 'failure') - 0.5,
    ]);
    const covariance = pairs.reduce((sum, [a = 0, b = 0]) => sum + a * b, 0) / pairs.length;
    // One twelfth is the variance; 5 sigma of the correlation of 10,000 pairs is 0.05.
    expect(Math.abs(covariance * 12)).toBeLessThan(0.05);
  });
});

test('a fresh seed is 64 random bits', () => {
  const seeds = Array.from({ length: 1_000 }, newSeed);
  expect(new Set(seeds).size).toBe(1_000);
  for (const seed of seeds) expect(seed).toMatch(/^[0-9a-f]{16}$/);
});
