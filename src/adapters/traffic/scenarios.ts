/** What each scenario draws. */
import type { TrafficScenarioName } from '../../core/traffic/scenario.ts';
import type { Draft, DraftMoment } from './draft.ts';
import { takeover } from './scenarios/account-takeover.ts';
import { cardTest } from './scenarios/card-testing.ts';
import { invoice } from './scenarios/invoices.ts';
import { friendlyFraud, purchase } from './scenarios/shopping.ts';

/** Payments of one episode: a shop sees the same thief so often. */
export const EPISODE_PAYMENTS: Readonly<Record<TrafficScenarioName, number>> = {
  shopping: 1,
  invoices: 1,
  card_testing: 40,
  account_takeover: 4,
  friendly_fraud: 1,
};

const DRAFTS: Readonly<Record<TrafficScenarioName, (moment: DraftMoment) => Draft>> = {
  shopping: purchase,
  invoices: invoice,
  card_testing: cardTest,
  account_takeover: takeover,
  friendly_fraud: friendlyFraud,
};

export function draftOf(scenario: TrafficScenarioName, moment: DraftMoment): Draft {
  return DRAFTS[scenario](moment);
}
