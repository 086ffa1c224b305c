/**
 * What an export holds: rows by kind, in the order in which they are written and read. The columns are those of both
 * stores; where the stores differ, a row has the form that says the same without them: sums over all writers, hashes as
 * hexadecimal text, timers and deliveries without leases. docs/moving.md tells what each kind is.
 */

export const KINDS = {
  /** The seed, the key of all keyed hashes, and what else is set once. */
  meta: ['name', 'value'],
  settings: ['name', 'value'],
  /** The hash chains: number 1 is the one that goes on where there is one writer only. */
  chains: ['writer_no', 'name', 'entries', 'hash'],
  payments: [
    'ordinal',
    'payment_id',
    'version',
    'status',
    'amount_minor',
    'currency',
    'recipient',
    'reference',
    'description',
    'channel',
    'device_id',
    'metadata',
    'scenario',
    'failure_reason',
    'attempts',
    'captured_minor',
    'refunded_minor',
    'created_at_ms',
    'updated_at_ms',
    'entry',
    'ip',
    'risk',
    'card_last4',
    'card',
    'model_score',
  ],
  refunds: ['refund_id', 'payment_id', 'amount_minor', 'reason', 'created_at_ms'],
  ledger_entries: [
    'payment_id',
    'kind',
    'operation',
    'debit',
    'credit',
    'currency',
    'amount_minor',
    'at_ms',
  ],
  ledger_totals: ['account', 'currency', 'debits_minor', 'credits_minor'],
  counters: ['name', 'total'],
  sketch_bins: ['sketch', 'bin', 'count'],
  timers: ['due_at_ms', 'payment_id', 'kind', 'attempt', 'request_id'],
  replies: ['key_hash', 'fingerprint', 'status', 'body', 'waits_for', 'created_at_ms'],
  cursors: ['follower', 'writer', 'sequence'],
  time_series: [
    'level',
    'start_ms',
    'created',
    'succeeded',
    'failed',
    'authorized',
    'canceled',
    'refunded',
    'volume',
    'refund_volume',
    'outcome_bins',
    'decision_bins',
    'risk_scores',
  ],
  /** `sequence` is the place in the log, `place` that in the chain of its writer. */
  events: [
    'sequence',
    'writer_no',
    'place',
    'payment_id',
    'payment_sequence',
    'type',
    'at_ms',
    'request_id',
    'actor',
    'cause',
    'data',
    'prev_hash',
    'hash',
  ],
  webhook_position: ['writer', 'sequence'],
  webhook_endpoints: [
    'number',
    'endpoint_id',
    'url',
    'events',
    'description',
    'payload',
    'ordering',
    'is_enabled',
    'disabled_reason',
    'secret',
    'previous_secret',
    'previous_until_ms',
    'faults',
    'is_from_environment',
    'created_at_ms',
    'updated_at_ms',
    'after_writer',
    'after_sequence',
  ],
  webhook_removed_endpoints: ['number'],
  webhook_deliveries: [
    'ordinal',
    'endpoint',
    'event_id',
    'sequence',
    'body',
    'event_type',
    'payment_id',
    'payment_sequence',
    'scheduled_from_ms',
    'created_at_ms',
    'status',
    'attempts',
    'next_attempt_at_ms',
    'is_ordered',
    'lets_pass',
  ],
  webhook_attempts: [
    'attempt',
    'ordinal',
    'at_ms',
    'duration_ms',
    'status_code',
    'error',
    'retry_after_ms',
    'request_url',
    'request_headers',
    'response_headers',
    'response_body',
    'is_truncated',
    'deliberate',
  ],
  webhook_replies: ['key_hash', 'fingerprint', 'status', 'body', 'created_at_ms'],
  jobs: [
    'ordinal',
    'job_id',
    'type',
    'params',
    'status',
    'done',
    'total',
    'attempts',
    'attempts_max',
    'due_at_ms',
    'fence',
    'error',
    'result',
    'created_at_ms',
    'started_at_ms',
    'finished_at_ms',
  ],
  /** The highest numbers that were ever given: none of them comes again. */
  numbers: ['endpoints', 'deliveries', 'attempts', 'jobs'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Kind = keyof typeof KINDS;

export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** What may be another number on the other side: one writer counts its payments without gaps, several do not. */
export const NOT_COMPARED: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  payments: ['ordinal'],
};

/**
 * Names in `meta` that stay where they are: the log's name is in the header, and what a Redis knows a database by is each
 * database's own.
 */
export const NOT_MOVED: readonly string[] = ['writer', 'installation'];

/** The ordinals of one writer on Postgres; above it begin those of the next. */
export const ORDINALS_PER_WRITER = 2 ** 40;
