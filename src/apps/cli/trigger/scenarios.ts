/**
 * What `trigger` can make happen. Everything is asked for and nothing left to chance, and nothing stays behind but the
 * payments and their events: what is changed for a scenario is changed back, and ends by itself if that fails.
 */
import { randomUUID } from 'node:crypto';
import type { EventType } from '../../../core/events.ts';
import type { FailureReason } from '../../../core/failures.ts';
import { nearest } from '../../../core/nearest.ts';
import { TEST_CARDS, testCardNamed } from '../../../core/test-cards.ts';
import { loseAnswer } from './lost-answer.ts';
import { breakIssuer, changeNothing } from './outage.ts';
import type { Stage } from './stage.ts';

export interface Scenario {
  readonly name: string;
  /** What it will do, in a sentence. */
  readonly does: string;
  /** The event that it is about: without it, it failed. */
  readonly event: EventType;
  /** Does it; gives a sentence on what came of it when that is more than the event. */
  readonly play: (stage: Stage) => Promise<string | undefined>;
}

export const SCENARIOS: readonly Scenario[] = [
  paymentScenario('payment.created', 'Makes a payment, and waits until it is in the log.'),
  paymentScenario('payment.processing', 'Makes a payment, and waits until its attempt begins.'),
  paymentScenario('payment.succeeded', 'Makes a payment that succeeds.'),
  {
    name: 'payment.failed',
    does: 'Makes a payment that fails with PROCESSING_ERROR, and may be retried.',
    event: 'payment.failed',
    play: async (stage) => failing(stage, 'PROCESSING_ERROR'),
  },
  {
    name: 'payment.retried',
    does: 'Makes a payment that fails with PROCESSING_ERROR, and retries it: then it succeeds.',
    event: 'payment.retried',
    play: async (stage) => {
      await stage.pay({ simulate: { sequence: ['PROCESSING_ERROR', 'APPROVE'] } });
      await stage.until('payment.failed', 'PROCESSING_ERROR');
      await stage.post('retry', {});
      await stage.until('payment.retried');
      await stage.until('payment.succeeded');
      return undefined;
    },
  },
  {
    name: 'payment.partially_refunded',
    does: 'Makes a payment that succeeds, and refunds 10.00 of its 25.00 EUR.',
    event: 'payment.partially_refunded',
    play: async (stage) => refunding(stage, { amount: 10 }, 'payment.partially_refunded'),
  },
  {
    name: 'payment.refunded',
    does: 'Makes a payment that succeeds, and refunds all of it.',
    event: 'payment.refunded',
    play: async (stage) => refunding(stage, {}, 'payment.refunded'),
  },
  {
    name: 'card.approved',
    does: 'Authorizes the test card visa: approved, whatever the rates say.',
    event: 'payment.succeeded',
    play: async (stage) => {
      await stage.authorize(numberOf('visa'));
      await stage.until('payment.succeeded');
      return undefined;
    },
  },
  cardScenario('card.declined', 'declined', 'CARD_DECLINED'),
  ...TEST_CARDS.flatMap(({ name, outcome }) =>
    outcome === 'APPROVE' || name === 'declined' ? [] : [cardScenario(name, name, outcome)],
  ),
  {
    name: 'fraud',
    does: 'Makes a payment of 25000.00 EUR that fails with FRAUD_SUSPECTED.',
    event: 'payment.failed',
    play: async (stage) => failing(stage, 'FRAUD_SUSPECTED', { amount: 25_000 }),
  },
  {
    name: 'high_amount',
    does: 'Authorizes a card for 750.00 GBP, and has it declined with HIGH_AMOUNT.',
    event: 'payment.failed',
    play: async (stage) => {
      await stage.authorize(numberOf('visa'), {
        amount: 750,
        simulate: { outcome: 'HIGH_AMOUNT' },
      });
      await stage.until('payment.failed', 'HIGH_AMOUNT');
      return undefined;
    },
  },
  {
    name: 'lost_answer',
    does: 'Makes a payment whose answer is lost, and sends it again under the same key: there is one payment.',
    event: 'payment.succeeded',
    play: async (stage) => loseAnswer(stage, randomUUID()),
  },
  {
    name: 'issuer_outage',
    does: 'Takes the issuers away for a moment, for everybody on this server: a payment fails with ISSUER_UNAVAILABLE.',
    event: 'payment.failed',
    play: breakIssuer,
  },
  {
    name: 'simulation.changed',
    does: 'Sets the outage to what it is anyway, for a second: nothing behaves differently.',
    event: 'simulation.changed',
    play: changeNothing,
  },
];

/** The one of this name, in which `-`, `_` and `.` are the same; null when there is none. */
export function scenarioNamed(name: string): Scenario | null {
  return SCENARIOS.find((scenario) => plain(scenario.name) === plain(name)) ?? null;
}

/** The name that was probably meant; null when none is near. */
export function nearestScenario(name: string): string | null {
  const meant = nearest(
    plain(name),
    SCENARIOS.map((scenario) => plain(scenario.name)),
  );
  return meant === null ? null : (scenarioNamed(meant)?.name ?? null);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, '_');
}

function paymentScenario(event: EventType, does: string): Scenario {
  return {
    name: event,
    does,
    event,
    play: async (stage) => {
      await stage.pay({ simulate: { outcome: 'APPROVE' } });
      await stage.until(event);
      return undefined;
    },
  };
}

function cardScenario(name: string, card: string, reason: FailureReason): Scenario {
  return {
    name,
    does: `Authorizes the test card ${card}, which is declined with ${reason}.`,
    event: 'payment.failed',
    play: async (stage) => {
      await stage.authorize(numberOf(card));
      await stage.until('payment.failed', reason);
      return undefined;
    },
  };
}

async function failing(stage: Stage, reason: FailureReason, more = {}): Promise<undefined> {
  await stage.pay({ ...more, simulate: { outcome: reason } });
  await stage.until('payment.failed', reason);
}

async function refunding(stage: Stage, refund: object, event: EventType): Promise<undefined> {
  await stage.pay({ simulate: { outcome: 'APPROVE' } });
  await stage.until('payment.succeeded');
  await stage.post('refund', { ...refund, reason: 'farthing trigger' });
  await stage.until(event);
}

function numberOf(card: string): string {
  return testCardNamed(card)?.number ?? '';
}
