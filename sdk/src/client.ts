/** A client of one service: everything it can be asked, by what it is about. */
import { type ClientOptions, settingsOf } from './options.ts';
import { Cards } from './resources/cards.ts';
import { Events } from './resources/events.ts';
import { Jobs } from './resources/jobs.ts';
import { Ledger } from './resources/ledger.ts';
import { Payments } from './resources/payments.ts';
import { ConfigurationResource, RequestLog } from './resources/requests.ts';
import {
  AdminResource,
  HealthResource,
  RefundsResource,
  RulesResource,
  SimulationResource,
  SummaryResource,
  TestCardsResource,
  TrafficResource,
} from './resources/service.ts';
import { TimeSeriesResource } from './resources/time-series.ts';
import { Sinks, WebhookDeliveries, WebhookEndpoints } from './resources/webhooks.ts';
import { createTransport } from './transport.ts';

export interface Client {
  readonly payments: Payments;
  readonly cards: Cards;
  readonly refunds: RefundsResource;
  readonly events: Events;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly sinks: Sinks;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly summary: SummaryResource;
  readonly timeSeries: TimeSeriesResource;
  readonly rules: RulesResource;
  readonly simulation: SimulationResource;
  readonly traffic: TrafficResource;
  readonly testCards: TestCardsResource;
  readonly requests: RequestLog;
  readonly configuration: ConfigurationResource;
  readonly health: HealthResource;
  readonly admin: AdminResource;
}

/**
 * Makes a client; nothing is sent before something is asked. Throws a TypeError for an option that cannot be used.
 *
 * Every call rejects with a `FarthingError` when it fails for good, and with the signal's reason when it is aborted.
 */
export function createClient(options: ClientOptions = {}): Client {
  const transport = createTransport(settingsOf(options));
  return {
    payments: new Payments(transport),
    cards: new Cards(transport),
    refunds: new RefundsResource(transport),
    events: new Events(transport),
    webhookEndpoints: new WebhookEndpoints(transport),
    webhookDeliveries: new WebhookDeliveries(transport),
    sinks: new Sinks(transport),
    ledger: new Ledger(transport),
    jobs: new Jobs(transport),
    summary: new SummaryResource(transport),
    timeSeries: new TimeSeriesResource(transport),
    rules: new RulesResource(transport),
    simulation: new SimulationResource(transport),
    traffic: new TrafficResource(transport),
    testCards: new TestCardsResource(transport),
    requests: new RequestLog(transport),
    configuration: new ConfigurationResource(transport),
    health: new HealthResource(transport),
    admin: new AdminResource(transport),
  };
}
