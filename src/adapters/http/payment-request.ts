/**
 * From a validated body to a command. Amounts are read from the digits that stood in the body, never from the
 * float beside them; null and blank are the same as absent; card numbers in free text are masked.
 */
import { maskCardNumbers } from '../../core/card.ts';
import type {
  AuthorizeCard,
  CreatePayment,
  RefundPayment,
  RetryPayment,
} from '../../core/commands.ts';
import { type Currency, NO_CURRENCY } from '../../core/currencies.ts';
import type { PaymentId } from '../../core/ids.ts';
import { parseAmount } from '../../core/money.ts';
import type { Scenario } from '../../core/scenario.ts';
import { type CardOfRequest, type CardReading, readCard } from './card-request.ts';
import type { AuthorizeBody } from './card-schemas.ts';
import { knownCurrency } from './known-currency.ts';
import { type Mask, metadataFrom, type NumberTexts } from './metadata.ts';
import { Problem } from './problems.ts';
import type { CardBody, CreatePaymentBody } from './schemas.ts';

/** How cards are read; where the number stands and how it may be written is known here. */
export type CardContext = Pick<CardReading, 'keyedHash' | 'luhn' | 'nowMs'>;

/** A command, and what masks the request's card in whatever else the client sent. */
export interface AskedWithCard<Command> {
  readonly command: Command;
  readonly mask: Mask;
}

/** Throws a Problem for what JSON Schema cannot say: an unknown currency, too many digits, too large. */
export function createPaymentCommand(
  body: CreatePaymentBody,
  numbers: NumberTexts,
  context: CardContext,
): AskedWithCard<CreatePayment> {
  const card = cardFrom(body.card, context);
  const mask = card?.maskText ?? maskCardNumbers;
  const text = (value: string | null | undefined) => textOrNull(value, mask);
  const currency = currencyFrom(text(body.currency));
  return {
    mask,
    command: {
      type: 'create_payment',
      amountMinor: amountFrom(numbers, currency),
      currency,
      recipient: text(body.recipient),
      reference: text(body.reference),
      description: text(body.description),
      channel: text(body.channel),
      deviceId: text(body.device_id),
      ip: text(body.ip),
      card: card?.card ?? null,
      modelScore: null,
      metadata: metadataFrom(body.metadata ?? {}, numbers, mask),
      scenario: scenarioFrom(body.simulate, card),
    },
  };
}

/** The same for API B: a card that is authorized at once. */
export function authorizeCommand(
  body: AuthorizeBody,
  numbers: NumberTexts,
  context: CardContext,
): AskedWithCard<AuthorizeCard> {
  const { card_number: number, channel } = body;
  const reading = { ...context, pointer: '/card_number', allowsSeparators: false };
  const card = readCard({ number }, reading);
  const mask = card.maskText;
  const text = (value: string | null | undefined) => textOrNull(value, mask);
  const currency = knownCurrency(text(body.currency) ?? B_CURRENCY, '/currency');
  return {
    mask,
    command: {
      type: 'authorize_card',
      amountMinor: positive(amountFrom(numbers, currency)),
      currency,
      recipient: needed(text(body.merchant), '/merchant'),
      reference: null,
      description: null,
      channel: channel === undefined ? B_CHANNEL : text(channel),
      deviceId: text(body.device_id),
      ip: text(body.ip),
      card: card.card,
      modelScore: null,
      metadata: metadataFrom(body.metadata ?? {}, numbers, mask),
      scenario: scenarioFrom(body.simulate, card),
    },
  };
}

const B_CURRENCY = 'GBP';
const B_CHANNEL = 'ecommerce';

/** A retry, with another card when the body brings one. */
export function retryCommand(
  paymentId: PaymentId,
  body: { card?: CardBody | null } | null | undefined,
  context: CardContext,
): AskedWithCard<RetryPayment> {
  const card = cardFrom(body?.card, context);
  return {
    mask: card?.maskText ?? maskCardNumbers,
    command: { type: 'retry_payment', paymentId, card, modelScore: null },
  };
}

function cardFrom(body: CardBody | null | undefined, context: CardContext): CardOfRequest | null {
  if (body === null || body === undefined) return null;
  const reading = { ...context, pointer: '/card/number', allowsSeparators: true };
  const { number, exp_month: expMonth = null, exp_year: expYear = null } = body;
  return readCard({ number, expMonth, expYear }, reading);
}

function positive(amountMinor: bigint): bigint {
  if (amountMinor > 0n) return amountMinor;
  throw fieldProblem('/amount', 'out_of_range', 'must be above zero');
}

function needed(text: string | null, pointer: string): string {
  if (text === null) throw fieldProblem(pointer, 'too_short', 'must not be blank');
  return text;
}

function fieldProblem(pointer: string, code: string, detail: string): Problem {
  return new Problem('validation_failed', `${pointer}: ${detail}.`, {
    errors: [{ pointer, code, detail }],
  });
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
    reason: textOrNull(body?.reason, maskCardNumbers),
  };
}

function textOrNull(text: string | null | undefined, mask: Mask): string | null {
  if (text === null || text === undefined || text.trim() === '') return null;
  return mask(text);
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

/** Null when nothing is asked for and the card brings no story of its own. */
function scenarioFrom(
  simulate: CreatePaymentBody['simulate'],
  card: CardOfRequest | null,
): Scenario | null {
  const { outcome, sequence, delay_ms: delayMs = null } = simulate ?? {};
  if (outcome !== undefined && sequence !== undefined) {
    const detail = 'give either outcome or sequence, not both';
    throw new Problem('validation_failed', `simulate: ${detail}.`, {
      errors: [{ pointer: '/simulate', code: 'contradiction', detail }],
    });
  }
  const outcomes = sequence ?? (outcome === undefined ? [] : [outcome]);
  const { testCard = null, isExpired: isCardExpired = false } = card ?? {};
  const isPlain = outcomes.length === 0 && delayMs === null && testCard === null;
  return isPlain && !isCardExpired ? null : { outcomes, delayMs, testCard, isCardExpired };
}
