/** What can be changed of the network, in the order of the form. */
export interface NetworkField {
  /** On the wire. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly kind: 'rate' | 'ms' | 'text' | 'switch';
  /** For those with a closed list. */
  readonly options?: readonly (readonly [value: string, words: string])[];
}

export const NETWORK_FIELDS: readonly NetworkField[] = [
  {
    name: 'outage',
    label: 'Issuer',
    hint: 'What every attempt meets that nothing else forces.',
    kind: 'text',
    options: [
      ['none', 'Answers'],
      ['unavailable', 'Outage: cannot be reached'],
      ['timeout', 'Outage: does not answer'],
    ],
  },
  {
    name: 'failure_rate',
    label: 'Failure rate',
    hint: 'From 0 to 1: attempts that fail with a processing error.',
    kind: 'rate',
  },
  {
    name: 'random_decline_rate',
    label: 'Decline rate',
    hint: 'From 0 to 1: card payments that are declined.',
    kind: 'rate',
  },
  {
    name: 'high_amount_decline_rate',
    label: 'Decline rate of high amounts',
    hint: 'From 0 to 1: card payments above the threshold that are declined.',
    kind: 'rate',
  },
  {
    name: 'high_amount_threshold',
    label: 'High amounts are above',
    hint: 'Major units, others per currency behind it: 500,JPY:75000.',
    kind: 'text',
  },
  {
    name: 'fraud_threshold',
    label: 'Fraud is suspected above',
    hint: 'Major units, others per currency behind it.',
    kind: 'text',
  },
  {
    name: 'risk_block_score',
    label: 'Risk score that is blocked',
    hint: 'From 0 to 1: this score or a higher one.',
    kind: 'rate',
  },
  {
    name: 'processing_start_delay_ms',
    label: 'Delay until processing, ms',
    hint: 'From created to processing.',
    kind: 'ms',
  },
  {
    name: 'processing_delay_ms',
    label: 'Delay until the outcome, ms',
    hint: 'From processing to the outcome.',
    kind: 'ms',
  },
  {
    name: 'processing_jitter_ms',
    label: 'Jitter, ms',
    hint: 'The outcome comes so much earlier or later.',
    kind: 'ms',
  },
  {
    name: 'amount_tails',
    label: 'Amounts that fail by their end',
    hint: 'Those that end in 05, 51, 54 or 91 minor units.',
    kind: 'switch',
    options: [
      ['false', 'Off'],
      ['true', 'On'],
    ],
  },
];
