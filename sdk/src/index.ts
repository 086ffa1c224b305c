/** Client of Farthing: for Node 20 and newer, Deno, Bun and browsers, without dependencies. */
export { type Client, createClient } from './client.ts';
export { type ClientErrorCode, FarthingError, type FieldFault } from './errors.ts';
export type { FeedFilters, FeedOptions, FeedReset } from './feed.ts';
export type { List } from './list.ts';
export type { ClientOptions, PostOptions, RequestOptions, Retry, WaitOptions } from './options.ts';
export type { EventFilters } from './resources/events.ts';
export type { JobFilters } from './resources/jobs.ts';
export type { PaymentFilters, WaitForOptions } from './resources/payments.ts';
export type { RequestFilters } from './resources/requests.ts';
export type { TimeRange, TimeSeriesFilters } from './resources/time-series.ts';
export type { DeliveryFilters } from './resources/webhooks.ts';
export type * from './types.ts';
export type { WebhookEvent } from './webhooks/event.ts';
export { signWebhook, type SignOptions, type WebhookHeaders } from './webhooks/sign.ts';
export {
  type HeaderSource,
  type VerifyOptions,
  verifyWebhook,
  type WebhookFault,
  WebhookVerificationError,
} from './webhooks/verify.ts';
