import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AMOUNT_TAILS } from './amount-tails.ts';
import { isLuhn } from './card.ts';
import { declineOf, FAILURE_REASONS } from './failures.ts';
import { findTestCard, TEST_CARDS, testCardNamed } from './test-cards.ts';

/** By the ends that people know them by. */
const CONTRACT: readonly [string, string, string | null][] = [
  ['4242424242424242', 'APPROVE', null],
  ['4000000000000002', 'CARD_DECLINED', null],
  ['4000000000009995', 'INSUFFICIENT_FUNDS', null],
  ['4000000000009987', 'LOST_CARD', null],
  ['4000000000009979', 'STOLEN_CARD', null],
  ['4000000000000069', 'EXPIRED_CARD', null],
  ['4000000000000127', 'INCORRECT_CVC', null],
  ['4000000000000119', 'PROCESSING_ERROR', null],
  ['4000000000006975', 'CARD_VELOCITY_EXCEEDED', null],
  ['4100000000000019', 'FRAUD_SUSPECTED', null],
  ['4000000000000259', 'APPROVE', 'dispute'],
  ['4000000000007726', 'APPROVE', 'refund_pending'],
  ['4000000000005126', 'APPROVE', 'refund_fails'],
  ['5555555555554444', 'APPROVE', null],
  ['378282246310005', 'APPROVE', null],
  ['6011111111111117', 'APPROVE', null],
  ['3056930009020004', 'APPROVE', null],
  ['3566002020360505', 'APPROVE', null],
  ['6200000000000005', 'APPROVE', null],
];

describe('the test cards', () => {
  test.each(CONTRACT)('%s: %s, then %s', (number, outcome, story) => {
    expect(findTestCard(number)).toMatchObject({ number, outcome, story });
  });

  test.each(TEST_CARDS)('$name ($number) is whole', (card) => {
    expect(card.number).toMatch(/^\d{14,19}$/);
    expect(isLuhn(card.number)).toBe(true);
    expect(card.name).toMatch(/^[a-z]+(?:_[a-z0-9]+)*$/);
    expect(card.brand).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    expect(['APPROVE', ...FAILURE_REASONS]).toContain(card.outcome);
    expect(card.title).toMatch(/^[A-Z]/);
    expect(card.description).toMatch(/^[A-Z].*\.$/);
    expect(findTestCard(card.number)).toBe(card);
    expect(testCardNamed(card.name)).toBe(card);
  });

  test('have a name and a number each', () => {
    expect(new Set(TEST_CARDS.map(({ name }) => name)).size).toBe(TEST_CARDS.length);
    expect(new Set(TEST_CARDS.map(({ number }) => number)).size).toBe(TEST_CARDS.length);
  });

  test('are approved when a story follows', () => {
    const stories = TEST_CARDS.filter(({ story }) => story !== null);
    expect(stories.map(({ story }) => story)).toEqual([
      'dispute',
      'refund_pending',
      'refund_fails',
    ]);
    for (const { outcome } of stories) expect(outcome).toBe('APPROVE');
  });

  test.each(['4000001234567890', '4111111111111111', '4242 4242 4242 4242', '', 'visa'])(
    'do not include %s',
    (number) => {
      expect(findTestCard(number)).toBeNull();
    },
  );

  test('have no name that is a number or a property of every object', () => {
    for (const name of ['4242424242424242', '', 'constructor', '__proto__']) {
      expect(testCardNamed(name)).toBeNull();
    }
  });

  test('are found by no digits but their own', () => {
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789'),
      minLength: 12,
      maxLength: 19,
    });
    fc.assert(
      fc.property(digits, (number) => {
        const found = findTestCard(number);
        expect(found === null || found.number === number).toBe(true);
      }),
    );
  });

  test('that block as fraud have its response code', () => {
    expect(declineOf('FRAUD_SUSPECTED').code).toBe('59');
  });
});

/** The page is for people to edit, its tables are not: change the code, then put these rows there. */
describe('docs/forcing-outcomes.md', () => {
  const page = readFileSync(new URL('../../docs/forcing-outcomes.md', import.meta.url), 'utf8');

  /** The rows of the table that begins with this head. */
  function rowsUnder(head: string): readonly string[] {
    const lines = page.split('\n');
    const first = lines.indexOf(head) + 2;
    expect(first).toBeGreaterThan(1);
    return lines.slice(first, lines.indexOf('', first));
  }

  test('has every test card', () => {
    const rows = TEST_CARDS.map(
      ({ number, title, outcome, description }) =>
        `| \`${number}\` | ${title} | \`${outcome}\` | ${description} |`,
    );
    expect(rowsUnder('| number | card | outcome | what happens |')).toEqual(rows);
  });

  test('has every amount tail', () => {
    const rows = AMOUNT_TAILS.map(
      ({ tail, outcome }) =>
        `| \`${tail}\` | \`${outcome}\` | ${declineOf(outcome).message} | 10.${tail} | 10${tail} | 1.0${tail} |`,
    );
    expect(rowsUnder('| tail | outcome | what people are told | USD | JPY | BHD |')).toEqual(rows);
  });

  test('has every failure reason', () => {
    const rows = FAILURE_REASONS.map((reason) => {
      const { code, message, retry } = declineOf(reason);
      return `| \`${reason}\` | ${code} | ${message} | ${retry} |`;
    });
    expect(rowsUnder('| failure reason | code | what people are told | retry |')).toEqual(rows);
  });
});
