/** Reading the server's answers: what the commands show of them, checked, because anything may answer at a URL. */
import { CliError, EXIT } from './exit.ts';

export interface WirePayment {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string | null;
  readonly recipient: string | null;
  readonly description: string | null;
  readonly reference: string | null;
  readonly failureReason: string | null;
  /** Why it failed, for people; null unless it did. */
  readonly declineMessage: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly amountRefunded: number;
  readonly refunds: readonly WireRefund[];
  readonly attempts: number;
  readonly isRetryable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface WireRefund {
  readonly id: string;
  readonly amount: number;
  readonly reason: string | null;
  readonly createdAt: string;
}

export interface WireAuthorization {
  readonly transactionId: string;
  readonly status: string;
  /** Null when approved, like the sentence beside it. */
  readonly failureReason: string | null;
  readonly decisionReason: string | null;
  readonly rule: string;
  readonly score: number;
  readonly level: string;
  readonly latencyMs: number;
  readonly features: Readonly<Record<string, number>>;
  readonly contributions: Readonly<Record<string, number>>;
  /** Rules that flagged it. */
  readonly flags: readonly string[];
  /** `rule: outcome`, of rules in shadow. */
  readonly shadow: readonly string[];
}

export interface WireEvent {
  readonly type: string;
  readonly createdAt: string;
  /** As it became; null for an event that is about no payment: changed rules, a reset. */
  readonly payment: WirePayment | null;
  /** All of it, as it came. */
  readonly raw: unknown;
}

export interface WirePage<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  /** Where to go on; null at the end of a list that has one. */
  readonly nextCursor: string | null;
}

export interface WireProblem {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
}

export type Fields = Readonly<Record<string, unknown>>;

export function paymentFrom(value: unknown): WirePayment {
  const fields = record(value);
  const decline = fields['decline'];
  return {
    id: text(fields, 'payment_id'),
    status: text(fields, 'status'),
    amount: number(fields, 'amount'),
    currency: textOrNull(fields, 'currency'),
    recipient: textOrNull(fields, 'recipient'),
    description: textOrNull(fields, 'description'),
    reference: textOrNull(fields, 'reference'),
    failureReason: textOrNull(fields, 'failure_reason'),
    declineMessage: isRecord(decline) ? text(decline, 'message') : null,
    createdAt: text(fields, 'created_at'),
    updatedAt: text(fields, 'updated_at'),
    amountRefunded: number(fields, 'amount_refunded'),
    refunds: list(fields, 'refunds').map(refundFrom),
    attempts: number(fields, 'attempts'),
    isRetryable: fields['retryable'] === true,
    metadata: record(fields['metadata']),
  };
}

function refundFrom(value: unknown): WireRefund {
  const fields = record(value);
  return {
    id: text(fields, 'refund_id'),
    amount: number(fields, 'amount'),
    reason: textOrNull(fields, 'reason'),
    createdAt: text(fields, 'created_at'),
  };
}

export function authorizationFrom(value: unknown): WireAuthorization {
  const fields = record(value);
  return {
    transactionId: text(fields, 'transaction_id'),
    status: text(fields, 'status'),
    failureReason: textOrNull(fields, 'failure_reason'),
    decisionReason: textOrNull(fields, 'decision_reason'),
    rule: text(fields, 'rule'),
    score: number(fields, 'score'),
    level: text(fields, 'level'),
    latencyMs: number(fields, 'latency_ms'),
    features: numbers(fields, 'features'),
    contributions: numbers(fields, 'contributions'),
    flags: fields['flags'] === undefined ? [] : list(fields, 'flags').map(String),
    shadow: fields['shadow'] === undefined ? [] : list(fields, 'shadow').map(shadowFrom),
  };
}

function shadowFrom(value: unknown): string {
  const fields = record(value);
  return `${text(fields, 'rule')}: ${text(fields, 'outcome')}`;
}

/** The status of a payment or an authorization. */
export function statusFrom(value: unknown): string {
  return text(record(value), 'status');
}

/** The `total` of a summary. */
export function totalFrom(value: unknown): number {
  return number(record(value), 'total');
}

export function eventFrom(value: unknown): WireEvent {
  const fields = record(value);
  return {
    type: text(fields, 'type'),
    createdAt: text(fields, 'created_at'),
    payment: textOrNull(fields, 'payment_id') === null ? null : paymentFrom(fields['data']),
    raw: value,
  };
}

export function pageFrom<Item>(value: unknown, itemFrom: (item: unknown) => Item): WirePage<Item> {
  const fields = record(value);
  return {
    items: list(fields, 'data').map(itemFrom),
    hasMore: fields['has_more'] === true,
    nextCursor: textOrNull(fields, 'next_cursor'),
  };
}

/** A problem document; null when the value is not one of ours. */
export function problemFrom(value: unknown): WireProblem | null {
  if (!isRecord(value)) return null;
  const { title, detail, code, errors } = value;
  if (typeof title !== 'string' || typeof detail !== 'string' || typeof code !== 'string') {
    return null;
  }
  const faults = Array.isArray(errors) ? errors.filter(isRecord) : [];
  return {
    title,
    detail,
    code,
    errors: faults.map((fault) => ({
      pointer: typeof fault['pointer'] === 'string' ? fault['pointer'] : '',
      detail: typeof fault['detail'] === 'string' ? fault['detail'] : '',
    })),
  };
}

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown): Fields {
  return isRecord(value) ? value : stranger('an object is missing');
}

export function list(fields: Fields, name: string): readonly unknown[] {
  const value: unknown = fields[name];
  return Array.isArray(value) ? value : stranger(`${name} is not a list`);
}

export function text(fields: Fields, name: string): string {
  return textOrNull(fields, name) ?? stranger(`${name} is missing`);
}

export function textOrNull(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === null || typeof value === 'string') return value;
  return stranger(`${name} is not a text`);
}

export function number(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : stranger(`${name} is not a number`);
}

function numbers(fields: Fields, name: string): Readonly<Record<string, number>> {
  const named = record(fields[name]);
  return Object.fromEntries(Object.keys(named).map((key) => [key, number(named, key)]));
}

function stranger(what: string): never {
  throw new CliError(
    EXIT.unreachable,
    `the answer is not one of a Farthing server (${what}); is --url right?`,
  );
}
