import { describe, expect, test } from 'vitest';
import { type EndpointFaults, FAULT_KINDS, type FaultKind, planFaults } from './faults.ts';

const NEVER = { rate: 0, next: 0, delayMs: 0 };
const ALWAYS = { rate: 1, next: 0, delayMs: 0 };
const most = () => 1 - 2 ** -53;
const least = () => 0;

describe('planned faults', () => {
  test('are none when none is asked for', () => {
    expect(planFaults({}, least)).toEqual({ kinds: [], delayMs: 0, after: {} });
  });

  test.each(FAULT_KINDS)('%s happens at its rate', (kind) => {
    const faults: EndpointFaults = { [kind]: { ...NEVER, rate: 0.25 } };
    expect(planFaults(faults, () => 0.2499).kinds).toEqual([kind]);
    expect(planFaults(faults, () => 0.25).kinds).toEqual([]);
    expect(planFaults({ [kind]: NEVER }, least).kinds).toEqual([]);
    expect(planFaults({ [kind]: ALWAYS }, most).kinds).toEqual([kind]);
    expect(planFaults(faults, least).after).toBe(faults);
  });

  test('happen to the next so many whatever is drawn, and then at their rate', () => {
    const faults: EndpointFaults = { duplicate: { ...NEVER, next: 2 }, delay: NEVER };
    const first = planFaults(faults, most);
    expect(first.kinds).toEqual(['duplicate']);
    expect(first.after).toEqual({ duplicate: { ...NEVER, next: 1 }, delay: NEVER });
    const second = planFaults(first.after, most);
    expect(second.kinds).toEqual(['duplicate']);
    expect(planFaults(second.after, most).kinds).toEqual([]);
    expect(faults.duplicate?.next).toBe(2);
  });

  test('come together, held up by the longest delay', () => {
    const faults: EndpointFaults = {
      delay: { ...ALWAYS, delayMs: 300 },
      reorder: { ...ALWAYS, delayMs: 200 },
      duplicate: ALWAYS,
      corrupt_signature: ALWAYS,
    };
    const { kinds, delayMs } = planFaults(faults, most);
    expect(kinds).toEqual(['delay', 'reorder', 'duplicate', 'corrupt_signature']);
    expect(delayMs).toBe(300);
  });

  test('a dropped attempt has no other, and uses up none', () => {
    const faults: EndpointFaults = {
      drop: { ...NEVER, next: 1 },
      delay: { rate: 1, next: 3, delayMs: 100 },
    };
    const { kinds, delayMs, after } = planFaults(faults, least);
    expect(kinds).toEqual(['drop']);
    expect(delayMs).toBe(0);
    expect(after).toEqual({ ...faults, drop: NEVER });
  });

  test('each kind has a draw of its own, asked for only when chance decides', () => {
    const asked: FaultKind[] = [];
    const faults: EndpointFaults = { delay: { ...NEVER, next: 1 }, reorder: NEVER, drop: NEVER };
    planFaults(faults, (kind) => {
      asked.push(kind);
      return 0.5;
    });
    expect(asked).toEqual(['drop', 'reorder']);
  });
});
