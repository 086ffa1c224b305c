/** What the series count of an event, from its entry in the log: the same as was known when it was decided. */
import { assert } from '../../core/assert.ts';
import { type Currency, currencyOf, NO_CURRENCY } from '../../core/currencies.ts';
import type { PaymentEventType } from '../../core/events.ts';
import { parseAmount } from '../../core/money.ts';
import { STATUSES } from '../../core/payment.ts';
import { COUNTED_TYPES, type CountedEvent, type CountedPayment } from '../../core/time-series.ts';
import type { StoredEvent } from '../ports.ts';

/** What is read of an entry. */
export type LoggedEvent = Pick<StoredEvent, 'atMs' | 'paymentSequence' | 'cause' | 'data'> & {
  readonly type: string;
};

/** Null for an event that adds nothing. Throws when the entry is not as we write it: the log is ours. */
export function countedFrom(
  logged: LoggedEvent,
): { readonly event: CountedEvent; readonly payment: CountedPayment } | null {
  const { type } = logged;
  if (!isCountedType(type)) return null;
  return { event: { type, cause: causeFrom(logged.cause) }, payment: paymentFrom(logged) };
}

function isCountedType(type: string): type is PaymentEventType {
  return COUNTED_TYPES.some((counted) => counted === type);
}

function causeFrom(text: string): CountedEvent['cause'] {
  const cause = objectFrom(text);
  const { command, risk, latency_ms: latencyMs } = cause;
  assert(typeof command === 'string', 'a cause names its command');
  return {
    command,
    ...(isObject(risk) ? { risk: { score: numberOf(risk, 'score') } } : {}),
    ...(latencyMs === undefined ? {} : { latency_ms: numberOf(cause, 'latency_ms') }),
  };
}

function paymentFrom({ atMs, paymentSequence, data }: LoggedEvent): CountedPayment {
  const payment = objectFrom(data);
  const currency = currencyIn(payment);
  const status = STATUSES.find((one) => one === payment['status']);
  const { refunds, created_at: createdAt } = payment;
  assert(paymentSequence !== null, 'an event about a payment has its place in its history');
  assert(status !== undefined, 'a logged payment has a status');
  assert(typeof createdAt === 'string', 'a logged payment was created at some time');
  assert(Array.isArray(refunds) && refunds.every(isObject), 'a logged payment has its refunds');
  return {
    version: paymentSequence,
    status,
    attempts: numberOf(payment, 'attempts'),
    capturedMinor: amountIn(payment, 'amount_captured', currency),
    currency,
    createdAtMs: Date.parse(createdAt),
    updatedAtMs: atMs,
    refunds: refunds.map((refund) => ({ amountMinor: amountIn(refund, 'amount', currency) })),
  };
}

function currencyIn({ currency }: JsonObject): Currency {
  assert(currency === null || typeof currency === 'string', 'a logged payment has a currency');
  return currency === null ? NO_CURRENCY : currencyOf(currency);
}

/** Amounts of payments have at most twelve digits: a double gives back those that were written. */
function amountIn(source: JsonObject, name: string, { minorDigits }: Currency): bigint {
  const amount = parseAmount(String(numberOf(source, name)), minorDigits);
  assert(amount.ok, `the logged ${name} is an amount of its currency`);
  return amount.value;
}

type JsonObject = Readonly<Record<string, unknown>>;

function objectFrom(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  assert(isObject(value), 'what is logged of an event is an object');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function numberOf(source: JsonObject, name: string): number {
  const value = source[name];
  assert(typeof value === 'number', `the logged ${name} is a number`);
  return value;
}
