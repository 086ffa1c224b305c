/**
 * Rows to domain values and back. `node:sqlite` reads integers as JavaScript numbers and throws, rather than
 * rounds, past 2^53; every stored amount is below 10^12, and what may be larger is kept as decimal text.
 */
import { assert } from '../../core/assert.ts';
import type { Card } from '../../core/card.ts';
import { TIMER_KINDS } from '../../core/commands.ts';
import { type Currency, currencyOf, findCurrency, NO_CURRENCY } from '../../core/currencies.ts';
import { EVENT_TYPES } from '../../core/events.ts';
import { FAILURE_REASONS } from '../../core/failures.ts';
import { parsePaymentId, parseRefundId, type PaymentId, type RefundId } from '../../core/ids.ts';
import {
  type Account,
  ACCOUNT_NAMES,
  type EntryKind,
  type LedgerEntry,
} from '../../core/ledger.ts';
import {
  assertPayment,
  type Metadata,
  type Payment,
  type Refund,
  STATUSES,
} from '../../core/payment.ts';
import type { Scenario } from '../../core/scenario.ts';
import type { DueTimer, StoredEvent, StoredReply } from '../../engine/ports.ts';

/** What a timer's row has in the place of a payment, which is a part of its key. */
export const NO_PAYMENT = '';

export type Row = Readonly<Record<string, unknown>>;

export function paymentFrom(row: Row, refunds: readonly Refund[]): Payment {
  const failureReason = textOrNull(row, 'failure_reason');
  const payment: Payment = {
    id: paymentId(row, 'payment_id'),
    ordinal: integer(row, 'ordinal'),
    version: integer(row, 'version'),
    status: oneOf(STATUSES, text(row, 'status')),
    amountMinor: BigInt(integer(row, 'amount_minor')),
    currency: currencyOf(text(row, 'currency')),
    recipient: textOrNull(row, 'recipient'),
    reference: textOrNull(row, 'reference'),
    description: textOrNull(row, 'description'),
    channel: textOrNull(row, 'channel'),
    deviceId: textOrNull(row, 'device_id'),
    entry: oneOf(['payments', 'payment'], text(row, 'entry')),
    ip: textOrNull(row, 'ip'),
    card: cardFrom(textOrNull(row, 'card')),
    modelScore: numberOrNull(row, 'model_score'),
    risk: riskFrom(textOrNull(row, 'risk')),
    metadata: metadataFrom(textOrNull(row, 'metadata')),
    scenario: scenarioFrom(textOrNull(row, 'scenario')),
    failureReason: failureReason === null ? null : oneOf(FAILURE_REASONS, failureReason),
    attempts: integer(row, 'attempts'),
    capturedMinor: BigInt(integer(row, 'captured_minor')),
    refundedMinor: BigInt(integer(row, 'refunded_minor')),
    refunds,
    createdAtMs: integer(row, 'created_at_ms'),
    updatedAtMs: integer(row, 'updated_at_ms'),
  };
  assertPayment(payment);
  return payment;
}

export function refundFrom(row: Row): Refund {
  return {
    id: refundId(row, 'refund_id'),
    paymentId: paymentId(row, 'payment_id'),
    amountMinor: BigInt(integer(row, 'amount_minor')),
    reason: textOrNull(row, 'reason'),
    createdAtMs: integer(row, 'created_at_ms'),
  };
}

export function timerFrom(row: Row): DueTimer {
  return {
    dueAtMs: integer(row, 'due_at_ms'),
    paymentId: text(row, 'payment_id') === NO_PAYMENT ? null : paymentId(row, 'payment_id'),
    kind: oneOf(TIMER_KINDS, text(row, 'kind')),
    attempt: integer(row, 'attempt'),
    requestId: text(row, 'request_id'),
  };
}

export function eventFrom(row: Row): StoredEvent {
  return {
    sequence: integer(row, 'sequence'),
    paymentId: row['payment_id'] === null ? null : paymentId(row, 'payment_id'),
    paymentSequence: row['payment_sequence'] === null ? null : integer(row, 'payment_sequence'),
    type: oneOf(EVENT_TYPES, text(row, 'type')),
    atMs: integer(row, 'at_ms'),
    requestId: text(row, 'request_id'),
    actor: text(row, 'actor'),
    cause: text(row, 'cause'),
    data: text(row, 'data'),
  };
}

export function entryFrom(row: Row): LedgerEntry {
  return {
    paymentId: paymentId(row, 'payment_id'),
    kind: oneOf<EntryKind>(['capture', 'refund'], text(row, 'kind')),
    operation: text(row, 'operation'),
    debit: accountFrom(row, 'debit'),
    credit: accountFrom(row, 'credit'),
    currency: currencyOf(text(row, 'currency')),
    amountMinor: BigInt(integer(row, 'amount_minor')),
    atMs: integer(row, 'at_ms'),
  };
}

export function replyFrom(row: Row): StoredReply {
  const waitsFor = textOrNull(row, 'waits_for');
  return {
    keyHash: text(row, 'key_hash'),
    fingerprint: text(row, 'fingerprint'),
    status: integer(row, 'status'),
    body: text(row, 'body'),
    waitsFor: waitsFor === null ? null : parsePaymentId(waitsFor),
    createdAtMs: integer(row, 'created_at_ms'),
  };
}

export function accountFrom(row: Row, column: string): Account {
  return oneOf(ACCOUNT_NAMES, text(row, column));
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  assert(typeof value === 'number' && Number.isSafeInteger(value), `${column} is an integer`);
  return value;
}

export function text(row: Row, column: string): string {
  const value = row[column];
  assert(typeof value === 'string', `${column} is text`);
  return value;
}

/** Empty metadata is most of it, and costs nothing. */
export function metadataText(metadata: Metadata): string | null {
  for (const _ in metadata) return JSON.stringify(metadata);
  return null;
}

export function scenarioText(scenario: Scenario | null): string | null {
  return scenario === null ? null : JSON.stringify(scenario);
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function paymentId(row: Row, column: string): PaymentId {
  const id = parsePaymentId(text(row, column));
  assert(id !== null, `${column} is a payment id`);
  return id;
}

function refundId(row: Row, column: string): RefundId {
  const id = parseRefundId(text(row, column));
  assert(id !== null, `${column} is a refund id`);
  return id;
}

export function oneOf<Value extends string>(allowed: readonly Value[], value: string): Value {
  const found = allowed.find((candidate) => candidate === value);
  assert(found !== undefined, `${value} is one of ${allowed.join(', ')}`);
  return found;
}

function metadataFrom(stored: string | null): Metadata {
  return stored === null ? {} : (JSON.parse(stored) as Metadata);
}

function cardFrom(stored: string | null): Card | null {
  return stored === null ? null : (JSON.parse(stored) as Card);
}

function riskFrom(stored: string | null): Payment['risk'] {
  return stored === null ? null : (JSON.parse(stored) as Payment['risk']);
}

export function numberOrNull(row: Row, column: string): number | null {
  const value = row[column];
  assert(value === null || typeof value === 'number', `${column} is a number or null`);
  return value;
}

function scenarioFrom(stored: string | null): Scenario | null {
  return stored === null ? null : (JSON.parse(stored) as Scenario);
}

/** Of a code as it is stored; undefined for one that nobody knows, which only a damaged database has. */
export function storedCurrency(code: string): Currency | undefined {
  return code === NO_CURRENCY.code ? NO_CURRENCY : findCurrency(code);
}
