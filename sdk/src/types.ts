/**
 * Names for what goes over the wire, taken from the types that are made of the service's own OpenAPI document. Names
 * of fields are the wire's (`snake_case`), times are ISO 8601 in UTC.
 *
 * An amount is a number in major units (`12.5` is 12.50). Every amount the service takes, up to 999,999,999,999 minor
 * units, has at most 15 digits, so a JavaScript number carries it exactly in both directions. Sums are another matter:
 * `0.1 + 0.2` is 0.30000000000000004, which the service refuses (`invalid_amount_precision`) rather than round. Add in
 * minor units and divide once.
 */
import type { operations } from './generated/openapi.ts';

type Operations = { readonly [Name in keyof operations]: operations[Name] };
type Content<Part> = Part extends { content: { 'application/json': infer Value } } ? Value : never;

/** What an operation answers when it succeeds. */
export type Answer<Name extends keyof Operations> = Operations[Name] extends {
  responses: infer Responses;
}
  ? Content<Responses[keyof Responses]>
  : never;

/** What an operation is sent. */
export type Body<Name extends keyof Operations> = Operations[Name] extends {
  requestBody?: infer Part;
}
  ? Content<NonNullable<Part>>
  : never;

/** What an operation is asked with in its query. */
export type Query<Name extends keyof Operations> = Operations[Name] extends {
  parameters: { query?: infer Part };
}
  ? NonNullable<Part>
  : never;

export type Payment = Answer<'getPayment'>;
export type PaymentStatus = Payment['status'];
export type PaymentRequest = Body<'createPayment'>;
export type FailureReason = NonNullable<Payment['failure_reason']>;
export type Simulate = NonNullable<PaymentRequest['simulate']>;
export type RefundRequest = NonNullable<Body<'refundPayment'>>;
export type RetryRequest = NonNullable<Body<'retryPayment'>>;
export type Refund = Answer<'getRefund'>;
export type Summary = Answer<'getSummary'>;

export type TimeSeries = Answer<'getTimeSeries'>;
/** What happened in one step. */
export type TimePoint = TimeSeries['points'][number];
export type TimeStep = NonNullable<Query<'getTimeSeries'>['step']>;
export type RiskScoreHistogram = Answer<'getRiskScoreHistogram'>;

export type CardRequest = Body<'authorizeCard'>;
export type CardDecision = Answer<'authorizeCard'>;
export type Transaction = Answer<'getTransaction'>;
export type AuditEntry = Answer<'getAudit'>[number];
export type CardStats = Answer<'getStats'>;

export type LedgerAccounts = Answer<'listAccounts'>;
export type LedgerEntry = Answer<'listLedgerEntries'>['data'][number];
export type TrialBalance = Answer<'getTrialBalance'>;
export type Rules = Answer<'getRules'>;
export type RulesDocument = Body<'putRules'>;
export type Simulation = Answer<'getSimulation'>;
export type SimulationChange = Body<'changeSimulation'>;
export type Traffic = Answer<'getTraffic'>;
export type TrafficPreset = Traffic['presets'][number];
export type TrafficScenario = Traffic['scenarios'][number];
export type TrafficRun = Answer<'startTraffic'>;
export type TrafficRequest = NonNullable<Body<'startTraffic'>>;
export type TestCards = Answer<'listTestCards'>;

export type WebhookEndpoint = Answer<'getWebhookEndpoint'>;
export type WebhookEndpointWithSecret = Answer<'createWebhookEndpoint'>;
export type WebhookEndpointHealth = Answer<'getWebhookEndpointHealth'>;
export type WebhookEndpointRequest = Body<'createWebhookEndpoint'>;
export type WebhookEndpointChange = Body<'changeWebhookEndpoint'>;
export type WebhookTestRequest = NonNullable<Body<'testWebhookEndpoint'>>;
export type WebhookDelivery = Answer<'listWebhookDeliveries'>['data'][number];
export type WebhookDeliveryStatus = WebhookDelivery['status'];
export type WebhookDeliveryWithAttempts = Answer<'getWebhookDelivery'>;
export type WebhookReplayRequest = Body<'replayWebhookDeliveries'>;
export type WebhookReplay = Answer<'replayWebhookDeliveries'>;
export type Sink = Answer<'changeSink'>;
export type SinkChange = Body<'changeSink'>;
export type SinkMessage = Answer<'listSinkMessages'>['data'][number];

export type Job = Answer<'getJob'>;
export type JobType = Job['type'];
export type JobStatus = Job['status'];
export type JobRequest = Body<'createJob'>;

export type LoggedRequest = Answer<'listRequests'>['data'][number];
export type LoggedRequestWithBodies = Answer<'getRequest'>;
export type ConfigurationSetting = Answer<'getConfiguration'>['data'][number];

type WireEvent = Answer<'listEvents'>['data'][number];
export type EventType = WireEvent['type'];
export type PaymentEventType = Extract<EventType, `payment.${string}`>;
/** A type, `payment.*` for all of a kind, `*` for all. */
export type EventPattern = EventType | '*' | `${string}.*`;
export type ControlEventType = Exclude<EventType, PaymentEventType>;

/** An entry of the log about a payment; `data` is the payment as it became. */
export interface PaymentEvent extends Omit<WireEvent, 'type' | 'payment_id' | 'data'> {
  readonly type: PaymentEventType;
  readonly payment_id: string;
  readonly payment_sequence: number;
  readonly data: Payment;
}

/** An entry of the log about no payment: `data` is the settings, the rules, or where the log before a reset ended. */
export interface ControlEvent extends Omit<WireEvent, 'type' | 'payment_id' | 'data'> {
  readonly type: ControlEventType;
  readonly payment_id: null;
  readonly payment_sequence: null;
  readonly data: Readonly<Record<string, unknown>>;
}

export type FarthingEvent = PaymentEvent | ControlEvent;

/** One page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}
