/** How often and how much, as the rule language sees it: what was seen before the payment that is being decided. */
import { countIn, distinctCards, type History, sumIn } from './history.ts';

/** What is remembered of those that a payment names; null where nothing is, or nobody is named. */
export interface Histories {
  readonly card: History | null;
  readonly device: History | null;
  readonly ip: History | null;
}

/** Decided payments in each window (time-windows.ts), and what they came to in the payment's currency, major units. */
export interface VelocityFacts {
  readonly count_1m: number;
  readonly count_1h: number;
  readonly count_24h: number;
  readonly sum_1m: number;
  readonly sum_1h: number;
  readonly sum_24h: number;
}

export interface Velocity {
  readonly card: VelocityFacts;
  /** `cards` counts its different cards ever, up to DEVICE_CARDS_MAX. */
  readonly device: VelocityFacts & { readonly cards: number };
  readonly ip: VelocityFacts;
}

export interface VelocityQuestion {
  readonly nowMs: number;
  readonly currency: string;
  readonly minorDigits: number;
  readonly histories: Histories;
}

/** Every fact at once: some 20 walks over histories, too much to be done for rules that do not look. */
export function velocityOf(question: VelocityQuestion): Velocity {
  const { card, device, ip } = question.histories;
  return {
    card: factsOf(card, question),
    device: { ...factsOf(device, question), cards: distinctCards(device) },
    ip: factsOf(ip, question),
  };
}

function factsOf(
  history: History | null,
  { nowMs, currency, minorDigits }: VelocityQuestion,
): VelocityFacts {
  // The quotient of two exact numbers is the double next to the decimal: it prints as that decimal (money.ts).
  const unit = 10 ** minorDigits;
  return {
    count_1m: countIn(history, '1m', nowMs),
    count_1h: countIn(history, '1h', nowMs),
    count_24h: countIn(history, '24h', nowMs),
    sum_1m: sumIn(history, '1m', currency, nowMs) / unit,
    sum_1h: sumIn(history, '1h', currency, nowMs) / unit,
    sum_24h: sumIn(history, '24h', currency, nowMs) / unit,
  };
}
