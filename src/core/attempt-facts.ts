/** What rules may look at, for one attempt. Facts that cost something are made when a rule first names them. */
import { readAddress } from './address.ts';
import { NO_CURRENCY } from './currencies.ts';
import { firstSeenMs } from './history.ts';
import type { Payment } from './payment.ts';
import type { Assessment } from './risk.ts';
import type { RuleFacts } from './rule-facts.ts';
import { isListed, type RuleList } from './rule-lists.ts';
import { majorLimit, type Settings } from './scenario.ts';
import type { Histories, Velocity } from './velocity.ts';

const NO_CARD = { brand: '', bin: '', last4: '', fingerprint: '', luhn: false };
const NO_VELOCITY = { count_1m: 0, count_1h: 0, count_24h: 0, sum_1m: 0, sum_1h: 0, sum_24h: 0 };
const NO_VELOCITIES: Velocity = {
  card: NO_VELOCITY,
  device: { ...NO_VELOCITY, cards: 0 },
  ip: NO_VELOCITY,
};

const MS_PER_HOUR = 3_600_000;

/** What is known of a card attempt beside the payment. */
export interface CardKnowledge {
  readonly assessment: Assessment;
  readonly histories: Histories;
}

export class AttemptFacts implements RuleFacts {
  readonly entry: Payment['entry'];
  readonly method: 'account' | 'card';
  readonly amount: number;
  readonly amount_minor: number;
  readonly currency: string | null;
  readonly merchant: string | null;
  readonly channel: string | null;
  readonly reference: string | null;
  readonly attempt: number;
  readonly outage: Settings['outage'];
  readonly score: number;
  readonly level: string;
  readonly #payment: Payment;
  readonly #settings: Settings;
  readonly #known: CardKnowledge | null;
  readonly #lists: { readonly block: RuleList; readonly allow: RuleList };
  readonly #nowMs: number;

  constructor(
    payment: Payment,
    settings: Settings,
    known: CardKnowledge | null,
    lists: { readonly block: RuleList; readonly allow: RuleList },
    nowMs: number,
  ) {
    const { currency } = payment;
    this.entry = payment.entry;
    this.method = payment.card === null ? 'account' : 'card';
    this.amount_minor = Number(payment.amountMinor);
    this.amount = this.amount_minor / 10 ** currency.minorDigits;
    this.currency = currency === NO_CURRENCY ? null : currency.code;
    this.merchant = payment.recipient;
    this.channel = payment.channel;
    this.reference = payment.reference;
    this.attempt = payment.attempts;
    this.outage = settings.outage;
    this.score = known?.assessment.score ?? 0;
    this.level = known?.assessment.level ?? 'normal';
    this.#payment = payment;
    this.#settings = settings;
    this.#known = known;
    this.#lists = lists;
    this.#nowMs = nowMs;
  }

  /** What the request says of it: a two-letter code under `country` in its metadata. */
  get country(): string | null {
    const country = this.#payment.metadata['country'];
    return typeof country === 'string' ? country.toUpperCase() : null;
  }

  get threshold(): RuleFacts['threshold'] {
    const { code } = this.#payment.currency;
    return {
      fraud: majorLimit(this.#settings.fraudThreshold, code),
      high_amount: majorLimit(this.#settings.highAmountThreshold, code),
      risk_block: this.#settings.riskBlockScore,
    };
  }

  get rate(): RuleFacts['rate'] {
    return {
      failure: this.#settings.failureRate,
      high_amount_decline: this.#settings.highAmountDeclineRate,
      random_decline: this.#settings.randomDeclineRate,
    };
  }

  get card(): RuleFacts['card'] {
    const { card } = this.#payment;
    if (card === null) return NO_CARD;
    const { brand, bin, last4, fingerprint, isLuhnValid } = card;
    return { brand, bin, last4, fingerprint, luhn: isLuhnValid };
  }

  get device(): RuleFacts['device'] {
    const history = this.#known?.histories.device ?? null;
    return {
      id: this.#payment.deviceId ?? '',
      known: history !== null,
      age_hours: history === null ? 0 : (this.#nowMs - firstSeenMs(history)) / MS_PER_HOUR,
      cards: this.velocity.device.cards,
      trust: this.#known?.assessment.features.device_trust_score ?? 0,
    };
  }

  get ip(): RuleFacts['ip'] {
    const { ip } = this.#payment;
    return {
      address: ip ?? '',
      kind: ip === null ? '' : readAddress(ip).kind,
      risk: this.#known?.assessment.features.ip_risk_score ?? 0,
      known: (this.#known?.histories.ip ?? null) !== null,
    };
  }

  get velocity(): Velocity {
    return this.#known?.assessment.velocity ?? NO_VELOCITIES;
  }

  get listed(): RuleFacts['listed'] {
    return { block: isListed(this.#lists.block, this), allow: isListed(this.#lists.allow, this) };
  }
}
