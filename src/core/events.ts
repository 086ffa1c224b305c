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

/** Why it happened, beside who asked. */
export type Cause =
  | { readonly command: 'create_payment' | 'retry_payment' | 'timer_elapsed' }
  | { readonly command: 'timer_elapsed'; readonly verdict: Verdict }
  | { readonly command: 'refund_payment'; readonly refundId: string; readonly amountMinor: string };
