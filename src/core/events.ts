/** What happened: the vocabulary of the log, the timeline, the webhooks and the live feed. */
import type { Verdict } from './rules.ts';

export const EVENT_TYPES = [
  'payment.created',
  'payment.processing',
  'payment.succeeded',
  'payment.failed',
  'payment.retried',
  'payment.partially_refunded',
  'payment.refunded',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** When each is written, for the documentation. */
export const EVENT_MEANINGS: Readonly<Record<EventType, string>> = {
  'payment.created': 'A payment was accepted; nothing has been decided yet.',
  'payment.processing': 'Its first attempt began.',
  'payment.succeeded': 'An attempt succeeded: the amount is captured and posted.',
  'payment.failed': 'An attempt failed; `failure_reason` and `decline` say why.',
  'payment.retried': 'A failed payment is tried again.',
  'payment.partially_refunded': 'A part of the captured amount was given back.',
  'payment.refunded': 'All that was captured has been given back.',
};

/** Why it happened, beside who asked; it goes out as it stands, so that its names are those of the wire. */
export type Cause =
  | { readonly command: 'create_payment' | 'retry_payment' | 'timer_elapsed' }
  | { readonly command: 'timer_elapsed'; readonly verdict: Verdict }
  | { readonly command: 'refund_payment'; readonly refund_id: string };
