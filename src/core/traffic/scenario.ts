/** What generated payments are about, and what each really is: the label that a fraud rule or a model should find out. */

/** True of a payment whatever is decided about it. */
export const TRAFFIC_LABELS = [
  'legitimate',
  'card_testing',
  'account_takeover',
  'friendly_fraud',
] as const;
export type TrafficLabel = (typeof TRAFFIC_LABELS)[number];

export const TRAFFIC_SCENARIO_NAMES = [
  'shopping',
  'invoices',
  'card_testing',
  'account_takeover',
  'friendly_fraud',
] as const;
export type TrafficScenarioName = (typeof TRAFFIC_SCENARIO_NAMES)[number];

export interface TrafficScenario {
  /** For people. */
  readonly title: string;
  /** A sentence for people. */
  readonly description: string;
  readonly label: TrafficLabel;
}

export const TRAFFIC_SCENARIOS: Readonly<Record<TrafficScenarioName, TrafficScenario>> = {
  shopping: {
    title: 'Shopping by card',
    description:
      'Returning customers with their own cards, devices and addresses, at shops that have their hours and their prices.',
    label: 'legitimate',
  },
  invoices: {
    title: 'Invoices paid by account',
    description:
      'Payments from accounts to people and small firms; most that fail and may be tried again are.',
    label: 'legitimate',
  },
  card_testing: {
    title: 'Card testing',
    description:
      'Bursts of small amounts on many stolen card numbers from one device and one address; most numbers are dead.',
    label: 'card_testing',
  },
  account_takeover: {
    title: 'Account takeover',
    description:
      "A known customer's card on a new device at a new address: large amounts in quick succession.",
    label: 'account_takeover',
  },
  friendly_fraud: {
    title: 'Friendly fraud',
    description:
      'Ordinary payments from the usual device, claimed back a little later: a refund with a reason.',
    label: 'friendly_fraud',
  },
};

/** Shares of all payments, by weight: any numbers from 0, not all of them 0. */
export type TrafficMix = Readonly<Partial<Record<TrafficScenarioName, number>>>;
