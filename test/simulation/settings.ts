/**
 * The model's idea of settings that change while the network runs: the names and texts of PATCH /simulation, three
 * layers of them, and limits that are read from their text each time they are needed.
 */
import type { Currency } from '../../src/core/currencies.ts';

/** As GET /simulation shows them. */
export interface WireSettings {
  readonly failure_rate: number;
  readonly high_amount_decline_rate: number;
  readonly random_decline_rate: number;
  readonly risk_block_score: number;
  readonly fraud_threshold: string;
  readonly high_amount_threshold: string;
  readonly processing_start_delay_ms: number;
  readonly processing_delay_ms: number;
  readonly processing_jitter_ms: number;
  readonly amount_tails: boolean;
  readonly outage: 'none' | 'unavailable' | 'timeout';
}
export type WirePatch = Partial<WireSettings>;

export class ModelSettings {
  readonly #configured: WireSettings;
  readonly #retriesMax: number;
  #lasting: WirePatch = {};
  #temporary: WirePatch = {};
  expiresAtMs: number | null = null;
  /** How often they were changed, expiry included. */
  version = 0;

  constructor(configured: WireSettings, retriesMax: number) {
    this.#configured = configured;
    this.#retriesMax = retriesMax;
  }

  get now(): WireSettings {
    return { ...this.#configured, ...this.#lasting, ...this.#temporary };
  }

  /** What is asked for a time lies over what is asked for good, until the end of the last that was asked for a time. */
  change(patch: WirePatch, expiresInMs: number | null, nowMs: number): void {
    this.version += 1;
    if (expiresInMs !== null) {
      this.#temporary = { ...this.#temporary, ...patch };
      this.expiresAtMs = nowMs + expiresInMs;
      return;
    }
    this.#lasting = { ...this.#lasting, ...patch };
    const left = Object.entries(this.#temporary).filter(([name]) => !(name in patch));
    this.#temporary = Object.fromEntries(left);
    if (left.length === 0) this.expiresAtMs = null;
  }

  expire(): void {
    this.version += 1;
    this.#temporary = {};
    this.expiresAtMs = null;
  }

  /** What `simulation.changed` carries. */
  wire(): object {
    return {
      ...this.now,
      max_retries: this.#retriesMax,
      temporary: Object.keys(this.#temporary).toSorted(),
      expires_at: this.expiresAtMs === null ? null : new Date(this.expiresAtMs).toISOString(),
    };
  }
}

/** Whether an amount is above a limit like `10000,JPY:1500000`. */
export function isAbove(amountMinor: bigint, currency: Currency, limit: string): boolean {
  return amountMinor * minorE4(currency) > limitE4(limit, currency);
}

/** The limit in whole minor units, as a number. */
export function limitMinor(limit: string, currency: Currency): number {
  return Number(limitE4(limit, currency) / minorE4(currency));
}

/** Ten-thousandths of a major unit in a minor one. */
function minorE4({ minorDigits }: Currency): bigint {
  return 10n ** BigInt(4 - minorDigits);
}

function limitE4(limit: string, { code }: Currency): bigint {
  const [any = '', ...others] = limit.split(',');
  const own = others.find((other) => other.startsWith(`${code}:`));
  const [whole = '', fraction = ''] = (own?.slice(4) ?? any).split('.');
  return BigInt(whole + fraction.padEnd(4, '0'));
}
