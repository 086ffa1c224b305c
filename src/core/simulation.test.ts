import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../test/support/engine.ts';
import {
  limitText,
  type SettingsPatch,
  type Simulation,
  simulationAfter,
  simulationExpired,
  simulationFrom,
  simulationOver,
  simulationText,
  simulationWire,
} from './simulation.ts';

const NOW_MS = 1_000;
const forGood = (before: Simulation, patch: SettingsPatch) =>
  simulationAfter(before, { patch, expiresInMs: null }, NOW_MS);
const forAMinute = (before: Simulation, patch: SettingsPatch) =>
  simulationAfter(before, { patch, expiresInMs: 60_000 }, NOW_MS);
const start = simulationFrom(SETTINGS);

describe('the layers of a simulation', () => {
  test('lie over what is configured: lasting, then temporary', () => {
    const lasting = forGood(start, { failureRate: 0.5, randomDeclineRate: 0.5 });
    const temporary = forAMinute(lasting, { failureRate: 1, outage: 'timeout' });
    expect(temporary).toEqual({
      configured: SETTINGS,
      lasting: { failureRate: 0.5, randomDeclineRate: 0.5 },
      temporary: { failureRate: 1, outage: 'timeout' },
      expiresAtMs: NOW_MS + 60_000,
      version: 2,
      settings: { ...SETTINGS, failureRate: 1, randomDeclineRate: 0.5, outage: 'timeout' },
    });
    expect(simulationExpired(temporary)).toEqual({ ...lasting, version: 3 });
  });

  test('of a later change keep what an earlier one of the same kind said', () => {
    const twice = forGood(forGood(start, { failureRate: 0.5 }), { outage: 'unavailable' });
    expect(twice.lasting).toEqual({ failureRate: 0.5, outage: 'unavailable' });
    const again = forAMinute(forAMinute(start, { failureRate: 0.5 }), { outage: 'unavailable' });
    expect(again.temporary).toEqual({ failureRate: 0.5, outage: 'unavailable' });
  });

  test('never change a simulation that was there before', () => {
    const lasting = forGood(start, { failureRate: 0.5 });
    forAMinute(lasting, { failureRate: 1 });
    expect(start).toEqual(simulationFrom(SETTINGS));
    expect(lasting.settings.failureRate).toBe(0.5);
  });

  test('are counted, so that the timer of an earlier change is told from the last one’s', () => {
    const versions = [start, forGood(start, {}), forAMinute(forGood(start, {}), {})];
    expect(versions.map(({ version }) => version)).toEqual([0, 1, 2]);
  });
});

describe('what is kept of a simulation', () => {
  const changed = forAMinute(forGood(start, { randomDeclineRate: 0.5 }), {
    fraudThreshold: { anyE4: 5_000n, byCurrencyE4: new Map([['JPY', 10_000n]]) },
    outage: 'timeout',
  });

  test('comes back as it was, limits included', () => {
    expect(simulationOver(SETTINGS, simulationText(changed))).toEqual(changed);
  });

  test('shows another configuration in everything that nobody has changed', () => {
    const configured = { ...SETTINGS, failureRate: 0.9, randomDeclineRate: 0.9, retriesMax: 1 };
    const over = simulationOver(configured, simulationText(changed));
    expect(over.settings).toEqual({
      ...changed.settings,
      failureRate: 0.9,
      retriesMax: 1,
    });
    expect(simulationExpired(over).settings).toEqual({ ...configured, randomDeclineRate: 0.5 });
  });

  test('holds nothing of the configuration', () => {
    expect(JSON.parse(simulationText(start))).toEqual({
      lasting: {},
      temporary: {},
      expiresAtMs: null,
      version: 0,
    });
  });

  test('is no limit that nobody could have written', () => {
    const text = '{"lasting":{"fraudThreshold":{"limit":"a lot"}},"temporary":{}}';
    expect(() => simulationOver(SETTINGS, text)).toThrow('assertion failed');
  });
});

describe('the public form of a simulation', () => {
  test('names what is temporary as it names the settings themselves', () => {
    const all = forAMinute(start, {
      failureRate: 0.1,
      highAmountDeclineRate: 0.2,
      randomDeclineRate: 0.3,
      riskBlockScore: 0.4,
      fraudThreshold: SETTINGS.fraudThreshold,
      highAmountThreshold: SETTINGS.highAmountThreshold,
      startDelayMs: 5,
      processingDelayMs: 6,
      processingJitterMs: 7,
      hasAmountTails: true,
      outage: 'timeout',
    });
    const {
      temporary,
      expires_at_ms: expiresAtMs,
      max_retries: _,
      ...settings
    } = simulationWire(all);
    expect(temporary).toEqual(Object.keys(settings).sort());
    expect(expiresAtMs).toBe(NOW_MS + 60_000);
    expect(settings).toMatchObject({ failure_rate: 0.1, outage: 'timeout', amount_tails: true });
  });

  test('shows a name that another version kept as it stands', () => {
    const text = '{"lasting":{},"temporary":{"rainRate":1},"expiresAtMs":5,"version":1}';
    expect(simulationWire(simulationOver(SETTINGS, text)).temporary).toEqual(['rainRate']);
  });

  test.each([
    [100_000_000n, [], '10000'],
    [0n, [], '0'],
    [1n, [], '0.0001'],
    [10_050n, [], '1.005'],
    [
      5_000n,
      [
        ['JPY', 10_000n],
        ['USD', 25_000n],
      ],
      '0.5,JPY:1,USD:2.5',
    ],
  ] as const)('writes a limit as the configuration does', (anyE4, others, text) => {
    expect(limitText({ anyE4, byCurrencyE4: new Map(others) })).toBe(text);
  });
});
