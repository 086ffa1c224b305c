/** What an endpoint can hear of, as the forms offer it. A type that is missing here does not compile. */
import type { EventType, WebhookEndpointRequest } from '@farthing/sdk';

export type Pattern = NonNullable<WebhookEndpointRequest['events']>[number];

const TYPES: Readonly<Record<EventType, true>> = {
  'payment.created': true,
  'payment.processing': true,
  'payment.succeeded': true,
  'payment.failed': true,
  'payment.retried': true,
  'payment.partially_refunded': true,
  'payment.refunded': true,
  'simulation.changed': true,
  'rules.changed': true,
  'data.reset': true,
};

export const EVENT_PATTERNS: readonly Pattern[] = [
  '*',
  'payment.*',
  ...(Object.keys(TYPES) as EventType[]),
];

export function patternWords(pattern: string): string {
  return pattern === '*' ? 'All events' : pattern;
}
