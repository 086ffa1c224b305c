/**
 * From a validated body to a command. Amounts are read from the digits that stood in the body, never from the
 * float beside them; null and blank are the same as absent; card numbers in free text are masked.
 */
import { maskCardNumbers } from '../../core/card.ts';
import type { CreatePayment, RefundPayment } from '../../core/commands.ts';
import { type Currency, NO_CURRENCY } from '../../core/currencies.ts';
import type { PaymentId } from '../../core/ids.ts';
import { parseAmount } from '../../core/money.ts';
import type { Metadata } from '../../core/payment.ts';
import type { Scenario } from '../../core/scenario.ts';
import { knownCurrency } from './known-currency.ts';
import { Problem } from './problems.ts';
import type { CreatePaymentBody } from './schemas.ts';

export type NumberTexts = ReadonlyMap<string, string>;

/** Throws a Problem for what JSON Schema cannot say: an unknown currency, too many digits, too large. */
export function createPaymentCommand(body: CreatePaymentBody, numbers: NumberTexts): CreatePayment {
  const currency = currencyFrom(textOrNull(body.currency));
  return {
    type: 'create_payment',
    amountMinor: amountFrom(numbers, currency),
    currency,
    recipient: textOrNull(body.recipient),
    reference: textOrNull(body.reference),
    description: textOrNull(body.description),
    channel: textOrNull(body.channel),
    deviceId: textOrNull(body.device_id),
    metadata: metadataFrom(body.metadata ?? {}, numbers),
    scenario: scenarioFrom(body.simulate),
  };
}

export function refundPaymentCommand(
  paymentId: PaymentId,
  body: { amount?: number | null; reason?: string | null } | null | undefined,
  numbers: NumberTexts,
): RefundPayment {
  return {
    type: 'refund_payment',
    paymentId,
    amount: numbers.get('/amount') ?? null,
    reason: textOrNull(body?.reason),
  };
}

function textOrNull(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.trim() === '') return null;
  return maskCardNumbers(text);
}

function currencyFrom(code: string | null): Currency {
  return code === null ? NO_CURRENCY : knownCurrency(code, '/currency');
}

function amountFrom(numbers: NumberTexts, currency: Currency): bigint {
  const parsed = parseAmount(numbers.get('/amount') ?? '', currency.minorDigits);
  if (parsed.ok) return parsed.value;
  const name = currency === NO_CURRENCY ? 'amounts without a currency' : `${currency.code} amounts`;
  const [code, detail] =
    parsed.fault === 'precision'
      ? ([
          'invalid_amount_precision',
          `amount: ${name} have at most ${currency.minorDigits} fraction digits; round it yourself.`,
        ] as const)
      : ([
          'amount_too_large',
          'amount: the largest amount is 999,999,999,999 minor units (ISO 8583 field 4).',
        ] as const);
  throw new Problem(code, detail, { errors: [{ pointer: '/amount', code, detail }] });
}

/** Card numbers are masked, as keys and as values; what masking makes equal is kept apart by a number. */
function metadataFrom(metadata: Metadata, numbers: NumberTexts): Metadata {
  const kept: Record<string, string | number | boolean | null> = {};
  for (const [key, value] of Object.entries(metadata)) {
    const pointer = `/metadata/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const masked = maskCardNumbers(key);
    let name = masked;
    for (let same = 2; Object.hasOwn(kept, name); same += 1) name = `${masked} (${same})`;
    kept[name] = metadataValue(value, numbers.get(pointer) ?? '', maskCardNumbers(pointer));
  }
  return kept;
}

/** Numbers that a JavaScript number does not hold exactly are refused: giving back another one would be a lie. */
function metadataValue(value: Metadata[string], numberText: string, pointer: string) {
  if (typeof value === 'string') return maskCardNumbers(value);
  if (typeof value !== 'number') return value ?? null;
  const masked = maskCardNumbers(numberText);
  if (masked !== numberText) return masked;
  if (isExact(numberText, value)) return value;
  const detail = 'this number cannot be kept exactly; send it as a string';
  throw new Problem('validation_failed', `A metadata value is refused: ${detail}.`, {
    errors: [{ pointer, code: 'inexact_number', detail }],
  });
}

/** Numbers this long have more digits than a JavaScript number, or could be written shorter. */
const NUMBER_LENGTH_MAX = 40;

/** True when the number's value survives: at most 15 significant digits always do. */
function isExact(text: string, value: number): boolean {
  if (text.length > NUMBER_LENGTH_MAX) return false;
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length <= 15 && Math.abs(value) < 1e21 && (value !== 0 || digits === '');
}

function scenarioFrom(simulate: CreatePaymentBody['simulate']): Scenario | null {
  if (simulate === null || simulate === undefined) return null;
  if (simulate.outcome !== undefined && simulate.sequence !== undefined) {
    const detail = 'give either outcome or sequence, not both';
    throw new Problem('validation_failed', `simulate: ${detail}.`, {
      errors: [{ pointer: '/simulate', code: 'contradiction', detail }],
    });
  }
  const outcomes = simulate.sequence ?? (simulate.outcome === undefined ? [] : [simulate.outcome]);
  return { outcomes, delayMs: simulate.delay_ms ?? null };
}
