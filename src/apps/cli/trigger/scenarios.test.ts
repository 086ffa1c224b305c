import { expect, test } from 'vitest';
import { EVENT_TYPES, PAYMENT_EVENT_TYPES } from '../../../core/events.ts';
import { nearestScenario, scenarioNamed, SCENARIOS } from './scenarios.ts';

const names = SCENARIOS.map(({ name }) => name);

test('no two scenarios have one name, however it is typed', () => {
  const plain = names.map((name) => name.replaceAll(/[-.]/g, '_'));
  expect(new Set(plain).size).toBe(names.length);
});

test('every type of a payment has its scenario, and a scenario is about an event that there is', () => {
  for (const type of PAYMENT_EVENT_TYPES) expect(names).toContain(type);
  for (const { name, event } of SCENARIOS) {
    expect(EVENT_TYPES).toContain(event);
    if (name.includes('.') && !name.startsWith('card.')) expect(event).toBe(name);
  }
});

test('each says in a sentence what it will do', () => {
  for (const { does } of SCENARIOS) expect(does).toMatch(/^[A-Z].*\.$/);
});

test.each([
  ['lost-answer', 'lost_answer'],
  ['PAYMENT.REFUNDED', 'payment.refunded'],
  ['card_declined', 'card.declined'],
  ['payment.refund', null],
])('%s names %s', (typed, name) => {
  expect(scenarioNamed(typed)?.name ?? null).toBe(name);
});

test.each([
  ['payment.refnded', 'payment.refunded'],
  ['issuer-outtage', 'issuer_outage'],
  ['chargeback', null],
])('%s is near to %s', (typed, name) => {
  expect(nearestScenario(typed)).toBe(name);
});
