/** From what somebody asked for to what a run of traffic does, and when: its payments are due at times that the plan alone says. */
import {
  type Disturbance,
  TRAFFIC_PRESETS,
  type TrafficPace,
  type TrafficPresetName,
} from './preset.ts';
import type { TrafficMix } from './scenario.ts';

/** Payments a second. Slower is no traffic; faster is a load test, for which there is the benchmark. */
export const TRAFFIC_RATE = { min: 0.1, max: 500 } as const;

/** A day at the most: a run that somebody forgot ends by itself. */
export const TRAFFIC_SECONDS = { min: 1, max: 86_400 } as const;

/** 32 bits: enough, and shorter than what might be a card number. */
export const TRAFFIC_SEED_MAX = 2 ** 32 - 1;

/** Weights are shares: larger ones could say nothing more. */
export const TRAFFIC_WEIGHT_MAX = 1_000_000;

/** What somebody asked for; what is absent is as in the preset, or as in quiet_shop. */
export interface TrafficWish {
  readonly preset?: TrafficPresetName | undefined;
  readonly rate?: number | undefined;
  readonly mix?: TrafficMix | undefined;
  readonly seed?: number | undefined;
  readonly durationSeconds?: number | undefined;
}

export interface TrafficPlan {
  /** Null when none was asked for. */
  readonly preset: TrafficPresetName | null;
  readonly rate: number;
  /** Some weight of it is above zero. */
  readonly mix: TrafficMix;
  /** A whole number from 0 to TRAFFIC_SEED_MAX: all that is drawn follows from it, the hour too (`hourAt`). */
  readonly seed: number;
  readonly durationSeconds: number;
  readonly pace: TrafficPace;
  readonly disturbance: Disturbance;
}

/** The seed that the wish names, or one that was drawn: see `seedFor`. */
export function planOf(wish: TrafficWish, drawnSeed: number): TrafficPlan {
  const preset = TRAFFIC_PRESETS[wish.preset ?? 'quiet_shop'];
  return {
    preset: wish.preset ?? null,
    rate: wish.rate ?? preset.rate,
    mix: wish.mix ?? preset.mix,
    seed: wish.seed ?? drawnSeed,
    durationSeconds: wish.durationSeconds ?? preset.durationSeconds,
    pace: preset.pace,
    disturbance: preset.disturbance,
  };
}

const HOUR_MS = 3_600_000;
const HOURS = 168;

/** 1970 began on a Thursday; weeks begin on Monday. */
const HOUR_AT_EPOCH = 3 * 24;

/** So many seeds are drawn from for each hour of the week: short enough to be typed again. */
const SEEDS_PER_HOUR = 1_000_000;

/** A seed whose hour of the week is that of `nowMs` (UTC); `draw` is a uniform number in [0, 1). */
export function seedFor(nowMs: number, draw: number): number {
  const hour = (Math.floor(nowMs / HOUR_MS) + HOUR_AT_EPOCH) % HOURS;
  return Math.floor(draw * SEEDS_PER_HOUR) * HOURS + hour;
}

/**
 * The hour of the week, 0 to 167 from Monday 00:00, that it is in the run's town `elapsedMs` after it began. It began in the
 * hour that is the remainder of its seed by 168, so that the same seed finds the same shops open.
 */
export function hourAt({ seed }: TrafficPlan, elapsedMs: number): number {
  return ((seed % HOURS) + Math.floor(elapsedMs / HOUR_MS)) % HOURS;
}

/** Of a rising pace: its share of the rate at the beginning. */
const RISING_FROM = 0.2;

/** Payments of the whole run, at least one. */
export function plannedPayments(plan: TrafficPlan): number {
  return Math.ceil(rounded(flowUntil(plan, plan.durationSeconds)));
}

/** Payments that are due within the first `elapsedMs` of the run; the first one is at once. */
export function paymentsDue(plan: TrafficPlan, elapsedMs: number): number {
  const seconds = Math.min(elapsedMs / 1_000, plan.durationSeconds);
  return Math.min(plannedPayments(plan), Math.floor(rounded(flowUntil(plan, seconds))) + 1);
}

/** When the payment with this index, from 0, is due: milliseconds from the beginning. */
export function dueAtMs(plan: TrafficPlan, index: number): number {
  const { rate, durationSeconds, pace } = plan;
  if (pace === 'steady') return (index / rate) * 1_000;
  // The time t at which rate · (from · t + (1 − from) · t² / (2 · duration)) reaches the index.
  const growth = (1 - RISING_FROM) / durationSeconds;
  const root = Math.sqrt(RISING_FROM ** 2 + (2 * growth * index) / rate);
  return ((root - RISING_FROM) / growth) * 1_000;
}

/** Payments, with fractions, of the first seconds: the integral of the rate. */
function flowUntil({ rate, durationSeconds, pace }: TrafficPlan, seconds: number): number {
  if (pace === 'steady') return rate * seconds;
  const growth = (1 - RISING_FROM) / durationSeconds;
  return rate * (RISING_FROM * seconds + (growth * seconds ** 2) / 2);
}

/** Without what floating point adds to a whole number. */
function rounded(count: number): number {
  return Math.round(count * 1e6) / 1e6;
}
