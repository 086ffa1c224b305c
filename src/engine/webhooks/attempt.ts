/** One attempt at a delivery, with the faults that were planned for it. */
import { maskCardNumbers } from '../../core/card.ts';
import type { Draw } from '../../core/scenario.ts';
import {
  afterAttempt,
  type Attempt,
  type AttemptResult,
  type Delivery,
  isDelivered,
} from '../../core/webhooks/delivery.ts';
import { type Endpoint, secretsAt } from '../../core/webhooks/endpoint.ts';
import type { FaultKind } from '../../core/webhooks/faults.ts';
import type { DeliveryOutcome, Sender, Signer, WebhookRequest } from './ports.ts';

export interface AttemptParts {
  readonly sender: Pick<Sender, 'send'>;
  readonly sign: Signer;
  readonly draw: Draw;
  readonly nowMs: () => number;
  /** 1, or less to compress the schedule. */
  readonly scale: number;
}

/** Everything that an attempt needs to know. */
export interface Ready {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  /** Absolute. */
  readonly url: string;
  readonly body: string;
  readonly kinds: readonly FaultKind[];
  /** Whether the lease still has enough for a second request. */
  readonly mayRepeat: () => boolean;
}

const DROPPED: AttemptResult = {
  statusCode: null,
  error: 'dropped on purpose',
  retryAfterMs: null,
};

/** Sends, twice when that was planned, and says what follows. Never rejects when the sender does not. */
export async function attempt(ready: Ready, parts: AttemptParts): Promise<DeliveryOutcome> {
  const first = await send(ready, parts);
  const attempts: Attempt[] = [
    { ...first, deliberate: ready.kinds.filter((kind) => kind !== 'duplicate') },
  ];
  if (ready.kinds.includes('duplicate') && ready.mayRepeat()) {
    attempts.push({ ...(await send(ready, parts)), deliberate: ready.kinds });
  }
  // Who has accepted it once has it.
  return outcomeOf(ready.delivery, attempts, attempts.find(isDelivered) ?? first, parts);
}

/** An attempt that was not made, on purpose. */
export function droppedAttempt(ready: Ready, parts: AttemptParts): DeliveryOutcome {
  const { url, headers } = requestOf(ready, parts);
  const dropped: Attempt = {
    ...DROPPED,
    atMs: parts.nowMs(),
    durationMs: 0,
    request: { url, headers },
    response: null,
    deliberate: ready.kinds,
  };
  return outcomeOf(ready.delivery, [dropped], dropped, parts);
}

/** A delivery that is past its life is given up without another attempt. */
export function givenUp({ ordinal }: Delivery): DeliveryOutcome {
  return { ordinal, attempts: [], after: { status: 'dead', nextAttemptAtMs: null, isGone: false } };
}

/** What a receiver says is kept: a card number in it must not be. */
async function send(ready: Ready, parts: AttemptParts): Promise<Omit<Attempt, 'deliberate'>> {
  const made = await parts.sender.send(requestOf(ready, parts));
  const { response } = made;
  if (response === null) return made;
  const body = maskCardNumbers(response.body);
  const values = Object.values(response.headers);
  const hasNone = values.every((value) => maskCardNumbers(value) === value);
  if (hasNone && body === response.body) return made;
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    maskCardNumbers(value),
  ]);
  return { ...made, response: { ...response, headers: Object.fromEntries(headers), body } };
}

function requestOf(ready: Ready, { sign, nowMs }: AttemptParts): WebhookRequest {
  const { delivery, endpoint, url, body, kinds } = ready;
  // Of another body with the same id and time: only a receiver that really verifies sees it.
  const signed = kinds.includes('corrupt_signature') ? `${body} ` : body;
  const headers = sign(delivery.eventId, signed, secretsAt(endpoint, nowMs()));
  return { url, headers, body };
}

function outcomeOf(
  delivery: Delivery,
  attempts: readonly Attempt[],
  result: AttemptResult,
  { draw, nowMs, scale }: AttemptParts,
): DeliveryOutcome {
  const { ordinal, attempts: made } = delivery;
  // Of one that has arrived nothing follows that chance decides.
  const jitter = isDelivered(result) ? 0 : draw(ordinal, made, 'webhook_jitter');
  const moment = { nowMs: nowMs(), draw: jitter, scale };
  return { ordinal, attempts, after: afterAttempt(delivery, result, moment) };
}
