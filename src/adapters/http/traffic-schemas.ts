/** The wire of /simulation/traffic: what a run is asked for with, and how it goes. */
import { type Static, Type } from 'typebox';
import {
  TRAFFIC_RATE,
  TRAFFIC_SECONDS,
  TRAFFIC_SEED_MAX,
  TRAFFIC_WEIGHT_MAX,
} from '../../core/traffic/plan.ts';
import { TRAFFIC_PRESET_NAMES, type TrafficPresetName } from '../../core/traffic/preset.ts';
import {
  TRAFFIC_LABELS,
  TRAFFIC_SCENARIO_NAMES,
  TRAFFIC_SCENARIOS,
  type TrafficLabel,
  type TrafficMix,
  type TrafficScenarioName,
} from '../../core/traffic/scenario.ts';
import { nullable } from './schemas.ts';

const PRESET = { enum: [...TRAFFIC_PRESET_NAMES], description: 'A run that has a name.' };
const PresetName = Type.Unsafe<TrafficPresetName>({ type: 'string', ...PRESET });
const Label = Type.Unsafe<TrafficLabel>({ type: 'string', enum: [...TRAFFIC_LABELS] });

const weights = Object.fromEntries(
  TRAFFIC_SCENARIO_NAMES.map((name) => [
    name,
    {
      type: 'number',
      minimum: 0,
      maximum: TRAFFIC_WEIGHT_MAX,
      description: TRAFFIC_SCENARIOS[name].description,
    },
  ]),
);
const Mix = Type.Unsafe<TrafficMix>({
  type: 'object',
  additionalProperties: false,
  properties: weights,
  description: 'How much of each scenario, by weight: 3 and 1 are three quarters and one.',
});

export const TrafficRequestSchema = Type.Unsafe<{
  preset?: TrafficPresetName;
  rate?: number;
  mix?: TrafficMix;
  seed?: number;
  duration?: number;
} | null>({
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    preset: { ...PresetName, description: 'Says all that is not said here; absent: quiet_shop.' },
    rate: {
      type: 'number',
      minimum: TRAFFIC_RATE.min,
      maximum: TRAFFIC_RATE.max,
      description: 'Payments a second; of black_friday, those of its end.',
    },
    mix: { ...Mix, description: 'In the place of the whole mix. Some weight must be above zero.' },
    seed: {
      type: 'integer',
      minimum: 0,
      maximum: TRAFFIC_SEED_MAX,
      description:
        'The same seed, rate, mix and duration ask for the same payments. Absent: a new one, for the hour that it is.',
    },
    duration: {
      type: 'integer',
      minimum: TRAFFIC_SECONDS.min,
      maximum: TRAFFIC_SECONDS.max,
      description: 'Seconds.',
    },
  },
  examples: [{ preset: 'card_testing', rate: 20, seed: 7, duration: 120 }],
});
export type TrafficRequestBody = Static<typeof TrafficRequestSchema>;

const ByLabel = Type.Unsafe<Record<TrafficLabel, number>>({
  type: 'object',
  required: [...TRAFFIC_LABELS],
  properties: Object.fromEntries(TRAFFIC_LABELS.map((label) => [label, { type: 'integer' }])),
  description: 'Payments sent, by what they really are.',
});

const RUN_EXAMPLE = {
  id: 'tr_0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21',
  preset: 'card_testing',
  rate: 20,
  mix: { shopping: 60, invoices: 8, card_testing: 32 },
  seed: 7,
  duration_seconds: 120,
  status: 'running',
  started_at: '2026-02-26T10:00:00.000Z',
  ends_at: '2026-02-26T10:02:00.000Z',
  planned: 2400,
  sent: 640,
  accepted: 638,
  refused: 0,
  behind: 0,
  refunds: 11,
  retries: 6,
  by_label: { legitimate: 440, card_testing: 200, account_takeover: 0, friendly_fraud: 0 },
  error: null,
};

export const TrafficRunSchema = Type.Object(
  {
    id: Type.String({ description: 'Each payment has it in its metadata, as `traffic_run`.' }),
    preset: nullable<TrafficPresetName>('string', { enum: [...TRAFFIC_PRESET_NAMES, null] }),
    rate: Type.Number({ description: 'Payments a second.' }),
    mix: Mix,
    seed: Type.Integer(),
    duration_seconds: Type.Integer(),
    status: Type.Unsafe<'running' | 'finished' | 'stopped' | 'failed'>({
      type: 'string',
      enum: ['running', 'finished', 'stopped', 'failed'],
    }),
    started_at: Type.String({ format: 'date-time' }),
    ends_at: Type.String({ format: 'date-time', description: 'Is to end, or did.' }),
    planned: Type.Integer({ description: 'Payments of the whole run, if it is not stopped.' }),
    sent: Type.Integer({ description: 'Payments asked for.' }),
    accepted: Type.Integer({ description: 'Payments made, whatever was decided about them.' }),
    refused: Type.Integer({ description: 'Payments that were not made: storage could not write.' }),
    behind: Type.Integer({ description: 'Payments that are due and not sent: how far it lags.' }),
    refunds: Type.Integer(),
    retries: Type.Integer(),
    by_label: ByLabel,
    error: nullable<string>('string', { description: 'What broke, if it failed.' }),
  },
  { examples: [RUN_EXAMPLE] },
);

const PresetSchema = Type.Object({
  name: PresetName,
  title: Type.String(),
  description: Type.String(),
  rate: Type.Number(),
  mix: Mix,
  duration_seconds: Type.Integer(),
  labels: Type.Array(Label, { description: 'Those that its payments have.' }),
});

const ScenarioSchema = Type.Object({
  name: Type.Unsafe<TrafficScenarioName>({ type: 'string', enum: [...TRAFFIC_SCENARIO_NAMES] }),
  title: Type.String(),
  description: Type.String(),
  label: Label,
});

const RunOrNone = Type.Unsafe<Static<typeof TrafficRunSchema> | null>({
  ...TrafficRunSchema,
  type: ['object', 'null'],
});

export const TrafficSchema = Type.Object(
  {
    running: RunOrNone,
    last: RunOrNone,
    presets: Type.Array(PresetSchema),
    scenarios: Type.Array(ScenarioSchema),
  },
  {
    examples: [
      {
        running: RUN_EXAMPLE,
        last: null,
        presets: [
          {
            name: 'card_testing',
            title: 'Card testing',
            description:
              'A town under attack: a third of all payments try out stolen card numbers.',
            rate: 20,
            mix: RUN_EXAMPLE.mix,
            duration_seconds: 120,
            labels: ['legitimate', 'card_testing'],
          },
        ],
        scenarios: [
          {
            name: 'card_testing',
            title: 'Card testing',
            description: TRAFFIC_SCENARIOS.card_testing.description,
            label: 'card_testing',
          },
        ],
      },
    ],
  },
);
