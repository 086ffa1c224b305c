import { describe, expect, test } from 'vitest';
import { ruleFactsOf } from '../../test/support/rule-facts.ts';
import { isListed, LIST_KINDS, type ListKind, type RuleList } from './rule-lists.ts';

function listOf(entries: Partial<Record<ListKind, readonly string[]>>): RuleList {
  return {
    merchants: new Set(entries.merchants),
    bins: new Set(entries.bins),
    fingerprints: new Set(entries.fingerprints),
    devices: new Set(entries.devices),
    ips: new Set(entries.ips),
    countries: new Set(entries.countries),
  };
}

const FACTS = ruleFactsOf();
const OF_FACTS: Readonly<Record<ListKind, string>> = {
  merchants: 'alice@example.com',
  bins: '424242',
  fingerprints: '0123456789abcdef0123456789abcdef',
  devices: 'phone-1',
  ips: '192.0.2.7',
  countries: 'GB',
};

describe('a list', () => {
  test.each(LIST_KINDS)('has a payment by its %s', (kind) => {
    expect(isListed(listOf({ [kind]: ['other', OF_FACTS[kind]] }), FACTS)).toBe(true);
    expect(isListed(listOf({ [kind]: ['other'] }), FACTS)).toBe(false);
  });

  test('with nothing in it has nobody, and asks for nothing', () => {
    const facts = {
      ...FACTS,
      get device(): never {
        throw new Error('the device was read');
      },
    };
    expect(isListed(listOf({}), facts)).toBe(false);
    expect(isListed(listOf({ merchants: ['other'] }), facts)).toBe(false);
    expect(() => isListed(listOf({ devices: ['other'] }), facts)).toThrow('was read');
  });

  test('has no payment that lacks what is listed', () => {
    const card = { ...FACTS.card, bin: '' };
    const facts = ruleFactsOf({ merchant: null, card });
    expect(isListed(listOf({ merchants: ['', 'null'], bins: [''] }), facts)).toBe(false);
  });
});
