/** Where webhooks go: one address, which events it wants, in which form and order, signed with its own secret. */
import { EVENT_TYPES } from '../events.ts';
import type { EndpointFaults } from './faults.ts';

export type EndpointId = string & { readonly __brand: 'EndpointId' };

/** `envelope`: type, time and data, as Standard Webhooks have it; `payment`: the data alone. */
export const PAYLOADS = ['envelope', 'payment'] as const;
export type Payload = (typeof PAYLOADS)[number];

/** `none`: each event follows its own schedule; `strict`: a payment's next event waits for the one before. */
export const ORDERINGS = ['none', 'strict'] as const;
export type Ordering = (typeof ORDERINGS)[number];

export interface Endpoint {
  readonly id: EndpointId;
  /** An http or https address; or `/sinks/{name}`, a receiver of our own. */
  readonly url: string;
  /** Event types, `payment.*` for all of a kind, `*` for all. */
  readonly events: readonly string[];
  readonly description: string | null;
  readonly payload: Payload;
  readonly ordering: Ordering;
  /** False: deliveries are made and wait. */
  readonly isEnabled: boolean;
  /** Why it is not enabled, when it was not a person who said so: `gone` (it answered 410), `unset` (see below). */
  readonly disabledReason: 'gone' | 'unset' | null;
  /** `whsec_` and base64. */
  readonly secret: string;
  /** Still signed with beside the new one; null when there is none. */
  readonly previousSecret: { readonly secret: string; readonly untilMs: number } | null;
  readonly faults: EndpointFaults;
  /** True for the one that WEBHOOK_URL names; it is `unset` when the variable is gone. */
  readonly isFromEnvironment: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Both secrets sign for this long after a rotation. */
export const ROTATION_MS = 24 * 3_600_000;

/** At most so many endpoints, so that each can have connections of its own. */
export const ENDPOINTS_MAX = 100;

/** The id of an endpoint whose fresh UUID is `uuid`. */
export function endpointIdOf(uuid: string): EndpointId {
  return `we_${uuid.replaceAll('-', '')}` as EndpointId;
}

/** Reads an endpoint's id; null when the text cannot be one. */
export function parseEndpointId(text: string): EndpointId | null {
  return /^we_[0-9a-z]{1,40}$/.test(text) ? (text as EndpointId) : null;
}

/** Every text that `events` may hold: each type, each kind with `.*`, and `*`. */
export const EVENT_PATTERNS: readonly string[] = [
  '*',
  ...new Set(EVENT_TYPES.map((type) => `${type.slice(0, type.indexOf('.'))}.*`)),
  ...EVENT_TYPES,
];

/** Whether any of the patterns stands for this type. */
export function matchesType(patterns: readonly string[], type: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' ||
      pattern === type ||
      (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  );
}

/** The secrets a body is signed with now, the newest first. */
export function secretsAt({ secret, previousSecret }: Endpoint, nowMs: number): readonly string[] {
  return previousSecret !== null && nowMs < previousSecret.untilMs
    ? [secret, previousSecret.secret]
    : [secret];
}
