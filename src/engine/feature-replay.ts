/**
 * Features from the log: each decided card payment carries in its event what was observed, so that reading the log gives
 * the very histories that the decisions saw. What a history knows already changes nothing in it, so a replay is exact
 * from any place up to which the cache knew all, whatever it knows beyond.
 */
import { assert } from '../core/assert.ts';
import { type Subjects, subjectKeys } from '../core/entity.ts';
import type { Observation } from '../core/history.ts';
import { type FeatureCache, observedBy } from './features.ts';
import type { EventQuery, StoredEvent } from './ports.ts';

/** What is read of an event. */
export type DecidedEvent = Pick<StoredEvent, 'sequence' | 'atMs' | 'cause'> & {
  readonly type: string;
};

/** A Store, or whatever reads its log with less effort. */
export interface LogReader {
  events(query: EventQuery): Promise<{
    readonly events: readonly DecidedEvent[];
    /** Every matching event up to this sequence is in `events`, or was before it. */
    readonly scannedTo: number;
  }>;
}

/** Events in memory at a time: a few megabytes. */
const PAGE_EVENTS = 2_000;

/** The events that a decision on a card ends with, and whether it was a good one. */
const DECISIONS: ReadonlyMap<string, boolean> = new Map([
  ['payment.succeeded', true],
  ['payment.authorized', true],
  ['payment.failed', false],
]);
/** Their types: only of these the cause is looked at. */
export const DECISION_TYPES: readonly string[] = [...DECISIONS.keys()];

/** Brings the cache from event `after` (0: the beginning) to the end of the log; returns how far that is. */
export async function replay(log: LogReader, cache: FeatureCache, after: number): Promise<number> {
  let reached = after;
  for (;;) {
    const page = await log.events({ after: reached, limit: PAGE_EVENTS, types: DECISION_TYPES });
    for (const event of page.events) observeEvent(cache, event);
    if (page.scannedTo <= reached) return reached;
    reached = page.scannedTo;
  }
}

/** The cache takes in what the event says of a card payment, if it says anything. */
export function observeEvent(cache: FeatureCache, event: DecidedEvent): void {
  const observed = observationOf(event);
  if (observed === null) return;
  cache.write(observedBy(cache, subjectKeys(observed.subjects), observed.observation));
}

/**
 * What the event says of a card payment that was decided; null when it says nothing. Its cause then has
 * `"facts":{"card":"<fingerprint>","device":"…" | null,"ip":"…" | null,"amount_minor":"15075","currency":"GBP"}`, in any
 * order. Throws when it has other facts: the log is ours.
 */
export function observationOf(
  event: DecidedEvent,
): { readonly subjects: Subjects; readonly observation: Observation } | null {
  const isApproved = DECISIONS.get(event.type);
  const found = event.cause.indexOf(FACTS);
  if (isApproved === undefined || found === -1) return null;
  const facts: unknown = JSON.parse(flatObject(event.cause, found + FACTS.length - 1));
  assert(isObject(facts), 'facts are an object');

  const card = textOf(facts, 'card');
  const amount = textOf(facts, 'amount_minor');
  assert(/^\d{1,12}$/.test(amount), 'an observed amount has at most 12 digits');
  const observation = {
    atMs: event.atMs,
    sequence: event.sequence,
    currency: textOf(facts, 'currency'),
    amountMinor: BigInt(amount),
    isApproved,
    card,
  };
  const subjects = { card, deviceId: textOrNull(facts, 'device'), ip: textOrNull(facts, 'ip') };
  return { subjects, observation };
}

/** In a text of the same JSON the quotes would be escaped: whatever stands behind this are facts. */
const FACTS = '"facts":{';

/**
 * The object that begins at `start`, which has no other in it. A cause says a lot more than its facts: to parse all of it
 * would take twice as long, and is a sixth of a replay.
 */
function flatObject(json: string, start: number): string {
  let isText = false;
  for (let index = start; index < json.length; index += 1) {
    const character = json[index];
    if (character === '\\') index += 1;
    else if (character === '"') isText = !isText;
    else if (character === '}' && !isText) return json.slice(start, index + 1);
  }
  return json.slice(start);
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function textOf(facts: JsonObject, name: string): string {
  const value = facts[name];
  assert(typeof value === 'string', `the observed ${name} is a text`);
  return value;
}

function textOrNull(facts: JsonObject, name: string): string | null {
  return facts[name] === null ? null : textOf(facts, name);
}
