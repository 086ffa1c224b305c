/** Runs of generated traffic that have a name, each a story to look at. */
import type { TrafficMix } from './scenario.ts';

export const TRAFFIC_PRESET_NAMES = [
  'quiet_shop',
  'black_friday',
  'card_testing',
  'account_takeover',
  'friendly_fraud',
  'issuer_outage',
  'slow_webhooks',
] as const;
export type TrafficPresetName = (typeof TRAFFIC_PRESET_NAMES)[number];

/** `rising`: from a fifth of the rate to all of it, evenly. */
export type TrafficPace = 'steady' | 'rising';

/** What is broken on purpose for as long as a run lasts. */
export type Disturbance = 'none' | 'issuer_outage' | 'slow_webhooks';

/** How much later webhooks come while they are slow. */
export const SLOW_WEBHOOKS_MS = 5_000;

export interface TrafficPreset {
  /** For people. */
  readonly title: string;
  /** A sentence or two for people. */
  readonly description: string;
  /** Payments a second; of a rising pace, those of its end. */
  readonly rate: number;
  readonly mix: TrafficMix;
  readonly durationSeconds: number;
  readonly pace: TrafficPace;
  readonly disturbance: Disturbance;
}

const ORDINARY = { pace: 'steady', disturbance: 'none' } as const;

export const TRAFFIC_PRESETS: Readonly<Record<TrafficPresetName, TrafficPreset>> = {
  quiet_shop: {
    ...ORDINARY,
    title: 'Quiet shop',
    description: 'An ordinary day, with the little fraud that every shop has.',
    rate: 2,
    mix: { shopping: 75, invoices: 21, account_takeover: 2, friendly_fraud: 2 },
    durationSeconds: 300,
  },
  black_friday: {
    ...ORDINARY,
    title: 'Black Friday',
    description: 'The rate rises from a fifth to all of it, and thieves hide in the crowd.',
    rate: 60,
    mix: { shopping: 86, invoices: 4, card_testing: 6, account_takeover: 2, friendly_fraud: 2 },
    durationSeconds: 300,
    pace: 'rising',
  },
  card_testing: {
    ...ORDINARY,
    title: 'Card testing',
    description: 'A town under attack: a third of all payments try out stolen card numbers.',
    rate: 20,
    mix: { shopping: 60, invoices: 8, card_testing: 32 },
    durationSeconds: 120,
  },
  account_takeover: {
    ...ORDINARY,
    title: 'Account takeover',
    description: 'Known customers, and thieves who pay with the cards of some of them.',
    rate: 10,
    mix: { shopping: 76, invoices: 8, account_takeover: 16 },
    durationSeconds: 180,
  },
  friendly_fraud: {
    ...ORDINARY,
    title: 'Friendly fraud',
    description: 'Payments that look like all the others, and are claimed back a little later.',
    rate: 5,
    mix: { shopping: 70, invoices: 10, friendly_fraud: 20 },
    durationSeconds: 180,
  },
  issuer_outage: {
    ...ORDINARY,
    title: 'Issuer outage',
    description:
      'Ordinary payments while the issuer is down: until the run ends, all attempts that nothing else forces fail with ISSUER_UNAVAILABLE.',
    rate: 10,
    mix: { shopping: 75, invoices: 25 },
    durationSeconds: 120,
    disturbance: 'issuer_outage',
  },
  slow_webhooks: {
    ...ORDINARY,
    title: 'Slow webhooks',
    description:
      'Ordinary payments while every webhook comes 5 seconds late, by the fault lab of the endpoints that have no delay already. Without an endpoint nothing is late.',
    rate: 10,
    mix: { shopping: 75, invoices: 25 },
    durationSeconds: 120,
    disturbance: 'slow_webhooks',
  },
};
