/**
 * Settings that can be changed while running. Three layers, each over the one before: what the configuration says, what
 * was changed for good, and what was changed for a time. Only the changed names are kept, so that a restart with
 * another configuration shows in everything that nobody has changed.
 *
 *   change for good      the names leave the layer above, and hold at once
 *   change for a time    all that is temporary then ends together, at the time of the last such change
 */
import { assert } from './assert.ts';
import { type AmountLimit, readLimit, type Settings } from './scenario.ts';

/** What can be changed: all but the limit of retries, which says what a payment's public form looks like. */
export type SettingsPatch = Partial<Omit<Settings, 'retriesMax'>>;

export interface Simulation {
  readonly configured: Settings;
  readonly lasting: SettingsPatch;
  readonly temporary: SettingsPatch;
  /** When what is temporary ends; null when nothing is. */
  readonly expiresAtMs: number | null;
  /** Changes so far: a timer of an earlier one is stale. */
  readonly version: number;
  /** All layers together. */
  readonly settings: Settings;
}

export interface SimulationChange {
  readonly patch: SettingsPatch;
  /** Null: for good. */
  readonly expiresInMs: number | null;
}

export function simulationFrom(configured: Settings): Simulation {
  return {
    configured,
    lasting: {},
    temporary: {},
    expiresAtMs: null,
    version: 0,
    settings: configured,
  };
}

export function simulationAfter(
  before: Simulation,
  { patch, expiresInMs }: SimulationChange,
  nowMs: number,
): Simulation {
  if (expiresInMs !== null) {
    const temporary = { ...before.temporary, ...patch };
    return layered({ ...before, temporary, expiresAtMs: nowMs + expiresInMs });
  }
  const changed = new Set(Object.keys(patch));
  const temporary: SettingsPatch = Object.fromEntries(
    Object.entries(before.temporary).filter(([name]) => !changed.has(name)),
  );
  const isOver = Object.keys(temporary).length === 0;
  return layered({
    ...before,
    lasting: { ...before.lasting, ...patch },
    temporary,
    expiresAtMs: isOver ? null : before.expiresAtMs,
  });
}

export function simulationExpired(before: Simulation): Simulation {
  return layered({ ...before, temporary: {}, expiresAtMs: null });
}

function layered(simulation: Simulation): Simulation {
  const { configured, lasting, temporary, version } = simulation;
  return {
    ...simulation,
    version: version + 1,
    settings: { ...configured, ...lasting, ...temporary },
  };
}

/** What GET /simulation answers and `simulation.changed` carries, but for the form of the time. */
export function simulationWire({ settings, temporary, expiresAtMs }: Simulation) {
  return {
    failure_rate: settings.failureRate,
    high_amount_decline_rate: settings.highAmountDeclineRate,
    random_decline_rate: settings.randomDeclineRate,
    risk_block_score: settings.riskBlockScore,
    fraud_threshold: limitText(settings.fraudThreshold),
    high_amount_threshold: limitText(settings.highAmountThreshold),
    processing_start_delay_ms: settings.startDelayMs,
    processing_delay_ms: settings.processingDelayMs,
    processing_jitter_ms: settings.processingJitterMs,
    max_retries: settings.retriesMax,
    amount_tails: settings.hasAmountTails,
    outage: settings.outage,
    temporary: Object.keys(temporary)
      .map((name) => WIRE_NAMES[name] ?? name)
      .sort(),
    expires_at_ms: expiresAtMs,
  };
}

/** The names on the wire of what can be changed. */
export const WIRE_NAMES: Readonly<Record<string, string>> = {
  failureRate: 'failure_rate',
  highAmountDeclineRate: 'high_amount_decline_rate',
  randomDeclineRate: 'random_decline_rate',
  riskBlockScore: 'risk_block_score',
  fraudThreshold: 'fraud_threshold',
  highAmountThreshold: 'high_amount_threshold',
  startDelayMs: 'processing_start_delay_ms',
  processingDelayMs: 'processing_delay_ms',
  processingJitterMs: 'processing_jitter_ms',
  hasAmountTails: 'amount_tails',
  outage: 'outage',
};

/** As the configuration writes it: `10000,JPY:1500000`. */
export function limitText({ anyE4, byCurrencyE4 }: AmountLimit): string {
  const parts = [majorText(anyE4)];
  for (const [code, limitE4] of byCurrencyE4) parts.push(`${code}:${majorText(limitE4)}`);
  return parts.join(',');
}

function majorText(limitE4: bigint): string {
  const fraction = String(limitE4 % 10_000n)
    .padStart(4, '0')
    .replace(/0+$/, '');
  const whole = String(limitE4 / 10_000n);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** What is kept of it: all but the configuration. */
export function simulationText({ lasting, temporary, expiresAtMs, version }: Simulation): string {
  return JSON.stringify({ lasting, temporary, expiresAtMs, version }, (_name, value: unknown) =>
    isLimit(value) ? { limit: limitText(value) } : value,
  );
}

/** Reads back what `simulationText` wrote, over another configuration. */
export function simulationOver(configured: Settings, text: string): Simulation {
  const kept = JSON.parse(text, (_name, value: unknown) =>
    isLimitText(value) ? limitOf(value.limit) : value,
  ) as Pick<Simulation, 'lasting' | 'temporary' | 'expiresAtMs' | 'version'>;
  return {
    ...kept,
    configured,
    settings: { ...configured, ...kept.lasting, ...kept.temporary },
  };
}

function limitOf(text: string): AmountLimit {
  const limit = readLimit(text);
  assert(limit !== null, 'a limit is kept as it is written');
  return limit;
}

function isLimit(value: unknown): value is AmountLimit {
  return typeof value === 'object' && value !== null && 'anyE4' in value;
}

function isLimitText(value: unknown): value is { limit: string } {
  return typeof value === 'object' && value !== null && 'limit' in value;
}
