/** The wire of GET and PATCH /simulation: rates, delays, thresholds, the outage. */
import { type Static, Type } from 'typebox';
import type { Outage } from '../../core/scenario.ts';
import { DELAY_MS_MAX, EXPIRES_SECONDS_MAX, THRESHOLD_CHARACTERS_MAX } from './limits.ts';
import { nullable } from './schemas.ts';

const RATES = {
  failure_rate: rate('Probability that an attempt fails with PROCESSING_ERROR.'),
  high_amount_decline_rate: rate(
    'Probability that a card payment above high_amount_threshold is declined.',
  ),
  random_decline_rate: rate('Probability that any other card payment is declined.'),
  risk_block_score: rate('Card payments with this risk score or a higher one are declined.'),
};

const FRAUD = 'Amounts above it fail with FRAUD_SUSPECTED.';
const HIGH_AMOUNT = 'Card payments above it are declined at high_amount_decline_rate.';
const LIMIT_FORM = 'Major units, others per currency behind it: 10000,JPY:1500000.';

const REST = {
  processing_start_delay_ms: delay('From CREATED to PROCESSING.'),
  processing_delay_ms: delay('From PROCESSING to the outcome.'),
  processing_jitter_ms: delay('The outcome comes within this much of it, either side.'),
  amount_tails: Type.Boolean({
    description: 'Whether amounts that end in 05, 51, 54 or 91 minor units fail as documented.',
  }),
  outage: Type.Unsafe<Outage>({
    type: 'string',
    enum: ['none', 'unavailable', 'timeout'],
    description:
      'What every attempt that nothing else forces meets: an issuer that is down, or one that does not answer.',
  }),
};

export const SimulationPatchSchema = Type.Object(
  {
    ...Type.Partial(Type.Object({ ...RATES, ...REST })).properties,
    fraud_threshold: Type.Optional(limit(FRAUD)),
    high_amount_threshold: Type.Optional(limit(HIGH_AMOUNT)),
    expires_in: Type.Optional(
      nullable<number>('integer', {
        minimum: 1,
        maximum: EXPIRES_SECONDS_MAX,
        description:
          'Seconds until everything that was changed for a time is as it was; null or absent: for good.',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ outage: 'unavailable', failure_rate: 0.5, expires_in: 600 }],
  },
);
export type SimulationPatchBody = Static<typeof SimulationPatchSchema>;

export const SimulationSchema = Type.Object(
  {
    ...RATES,
    fraud_threshold: Type.String({ description: `${FRAUD} ${LIMIT_FORM}` }),
    high_amount_threshold: Type.String({ description: `${HIGH_AMOUNT} ${LIMIT_FORM}` }),
    ...REST,
    max_retries: Type.Integer({ description: 'Set by the configuration only.' }),
    temporary: Type.Array(Type.String(), {
      description: 'The names that change back by themselves.',
    }),
    expires_at: nullable<string>('string', {
      format: 'date-time',
      description: 'When they do; null when none does.',
    }),
  },
  {
    examples: [
      {
        failure_rate: 0.5,
        high_amount_decline_rate: 0.3,
        random_decline_rate: 0.1,
        risk_block_score: 0.85,
        fraud_threshold: '10000,JPY:1500000',
        high_amount_threshold: '500',
        processing_start_delay_ms: 0,
        processing_delay_ms: 500,
        processing_jitter_ms: 0,
        max_retries: 3,
        amount_tails: false,
        outage: 'unavailable',
        temporary: ['failure_rate', 'outage'],
        expires_at: '2026-02-26T10:10:00.000Z',
      },
    ],
  },
);

function rate(description: string) {
  return Type.Number({ minimum: 0, maximum: 1, description });
}

function delay(description: string) {
  return Type.Integer({
    minimum: 0,
    maximum: DELAY_MS_MAX,
    description: `Milliseconds. ${description}`,
  });
}

function limit(description: string) {
  return Type.Unsafe<number | string>({
    type: ['number', 'string'],
    maxLength: THRESHOLD_CHARACTERS_MAX,
    description: `${description} ${LIMIT_FORM}`,
  });
}
