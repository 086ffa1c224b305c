import { describe, expect, test } from 'vitest';
import { controlled, elapsed, NOW_MS, refusal } from '../../../test/support/decide.ts';
import { controlsOf, SETTINGS } from '../../../test/support/engine.ts';
import type { ChangeSimulation } from '../commands.ts';
import type { Controls } from '../controls.ts';
import type { SettingsPatch } from '../simulation.ts';

const change = (patch: SettingsPatch, expiresInMs: number | null = null): ChangeSimulation => ({
  type: 'change_simulation',
  patch,
  expiresInMs,
});

/** The controls after these changes, one after the other. */
function after(...changes: readonly ChangeSimulation[]): Controls {
  let controls = controlsOf(SETTINGS);
  for (const one of changes) controls = controlled(one, null, { controls }).controls;
  return controls;
}

const WIRE = {
  failure_rate: 0,
  high_amount_decline_rate: 0.3,
  random_decline_rate: 0.1,
  risk_block_score: 0.85,
  fraud_threshold: '10000',
  high_amount_threshold: '500',
  processing_start_delay_ms: 0,
  processing_delay_ms: 500,
  processing_jitter_ms: 0,
  max_retries: 3,
  amount_tails: false,
  outage: 'none',
  temporary: [],
  expires_at_ms: null,
};

describe('a simulation changed for good', () => {
  test('holds from now on, is told in its public form, and sets no timer', () => {
    const decision = controlled(change({ failureRate: 0.5 }));
    expect(decision.event).toEqual({
      type: 'simulation.changed',
      cause: { command: 'change_simulation' },
      data: { ...WIRE, failure_rate: 0.5 },
      atMs: NOW_MS,
    });
    expect(decision.controls.settings).toEqual({ ...SETTINGS, failureRate: 0.5 });
    expect(decision.controls.simulation.settings).toBe(decision.controls.settings);
    expect(decision.timer).toBeNull();
    expect(decision.isReset).toBe(false);
  });

  test('leaves the rules', () => {
    const controls = controlsOf(SETTINGS);
    const decision = controlled(change({ outage: 'timeout' }), null, { controls });
    expect(decision.controls.rules).toBe(controls.rules);
  });
});

describe('a simulation changed for a time', () => {
  test('holds at once, says until when, and sets the timer that ends it', () => {
    const { event, controls, timer } = controlled(change({ failureRate: 1 }, 60_000));
    expect(event.data).toEqual({
      ...WIRE,
      failure_rate: 1,
      temporary: ['failure_rate'],
      expires_at_ms: NOW_MS + 60_000,
    });
    expect(controls.settings.failureRate).toBe(1);
    expect(timer).toEqual({
      dueAtMs: NOW_MS + 60_000,
      paymentId: null,
      kind: 'simulation_expires',
      attempt: controls.simulation.version,
    });
  });

  test('is as it was when its time is over, but for what was changed for good', () => {
    const controls = after(
      change({ failureRate: 0.25 }),
      change({ failureRate: 1, outage: 'timeout' }, 60_000),
      change({ randomDeclineRate: 0 }),
    );
    const decision = controlled(elapsed('simulation_expires', 3), null, { controls });
    const settings = { ...SETTINGS, failureRate: 0.25, randomDeclineRate: 0 };
    expect(decision.controls.settings).toEqual(settings);
    expect(decision.event).toEqual({
      type: 'simulation.changed',
      cause: { command: 'timer_elapsed' },
      data: { ...WIRE, failure_rate: 0.25, random_decline_rate: 0 },
      atMs: NOW_MS,
    });
    expect(decision.timer).toBeNull();
  });

  test('lasts as long as the last such change says, all of it', () => {
    const first = change({ failureRate: 1 }, 60_000);
    const controls = after(first);
    const again = { controls, nowMs: NOW_MS + 10_000 };
    const { event, timer } = controlled(change({ outage: 'timeout' }, 20_000), null, again);
    expect(event.data).toMatchObject({
      temporary: ['failure_rate', 'outage'],
      expires_at_ms: NOW_MS + 30_000,
    });
    expect(timer).toMatchObject({ dueAtMs: NOW_MS + 30_000, attempt: 2 });
  });

  test('is ended by no timer of an earlier change', () => {
    const controls = after(
      change({ failureRate: 1 }, 60_000),
      change({ failureRate: 0.9 }, 60_000),
    );
    expect(refusal(elapsed('simulation_expires', 1), null, { controls })).toBe('stale_timer');
    expect(controlled(elapsed('simulation_expires', 2), null, { controls }).event.type).toBe(
      'simulation.changed',
    );
  });

  test('is ended once', () => {
    const controls = after(change({ failureRate: 1 }, 60_000));
    const { controls: ended } = controlled(elapsed('simulation_expires', 1), null, { controls });
    expect(refusal(elapsed('simulation_expires', 1), null, { controls: ended })).toBe(
      'stale_timer',
    );
  });

  test('gives way to a change for good of the same name, at once; the rest stays until its time', () => {
    const controls = after(change({ failureRate: 1, outage: 'timeout' }, 60_000));
    const later = { controls, nowMs: NOW_MS + 10_000 };
    const decision = controlled(change({ failureRate: 0.5 }), null, later);
    expect(decision.controls.settings).toMatchObject({ failureRate: 0.5, outage: 'timeout' });
    expect(decision.event.data).toMatchObject({
      failure_rate: 0.5,
      temporary: ['outage'],
      expires_at_ms: NOW_MS + 60_000,
    });
    // The timer of the first change is stale now: this one ends what is left.
    expect(decision.timer).toMatchObject({ dueAtMs: NOW_MS + 60_000, attempt: 2 });
  });

  test('is over when a change for good takes its last name', () => {
    const controls = after(change({ failureRate: 1 }, 60_000));
    const { event, timer } = controlled(change({ failureRate: 0.5 }), null, { controls });
    expect(event.data).toEqual({ ...WIRE, failure_rate: 0.5 });
    expect(timer).toBeNull();
  });

  test('over a change for good gives that back in the end', () => {
    const controls = after(change({ failureRate: 0.5 }), change({ failureRate: 1 }, 60_000));
    expect(controls.settings.failureRate).toBe(1);
    const ended = controlled(elapsed('simulation_expires', 2), null, { controls });
    expect(ended.controls.settings.failureRate).toBe(0.5);
  });
});

describe('rules that are changed', () => {
  test('hold from now on, are told whole, and leave the simulation', () => {
    const controls = after(change({ failureRate: 0.5 }));
    const { rules } = controlsOf(SETTINGS);
    const document = { ...rules.document, account: [] };
    const changed = { ...rules, document, account: [] };
    const decision = controlled({ type: 'change_rules', rules: changed }, null, { controls });
    expect(decision).toEqual({
      kind: 'control',
      event: {
        type: 'rules.changed',
        cause: { command: 'change_rules' },
        data: document,
        atMs: NOW_MS,
      },
      controls: { ...controls, rules: changed },
      timer: null,
      isReset: false,
    });
  });
});

describe('a reset', () => {
  const head = { writer: 'abc123', sequence: 42, hash: 'ff00' };

  test('tells the head of the old log and keeps the controls', () => {
    const controls = after(change({ failureRate: 0.5 }));
    const decision = controlled({ type: 'reset_data' }, null, { controls, head });
    expect(decision).toEqual({
      kind: 'control',
      event: {
        type: 'data.reset',
        cause: { command: 'reset_data' },
        data: { previous: { writer: 'abc123', entries: 42, hash: 'ff00' } },
        atMs: NOW_MS,
      },
      controls,
      timer: null,
      isReset: true,
    });
    expect(decision.controls).toBe(controls);
  });

  test('sets the timer anew that ends what was changed for a time', () => {
    const controls = after(change({ failureRate: 1 }, 60_000));
    const later = { controls, head, nowMs: NOW_MS + 10_000 };
    const { timer } = controlled({ type: 'reset_data' }, null, later);
    expect(timer).toEqual({
      dueAtMs: NOW_MS + 60_000,
      paymentId: null,
      kind: 'simulation_expires',
      attempt: 1,
    });
  });
});
