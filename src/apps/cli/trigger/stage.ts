/** What a scenario does things with: the HTTP API, and the events that come of it, each shown as it comes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_PAGE_ITEMS_MAX } from '../../../adapters/http/limits.ts';
import type { EventType } from '../../../core/events.ts';
import type { FailureReason } from '../../../core/failures.ts';
import type { Answer, Client } from '../client.ts';
import { CliError, EXIT } from '../exit.ts';
import { count } from '../wording.ts';
import { eventFrom, pageFrom, record, text, type WireEvent } from '../wire.ts';

/** A JSON object as it is sent. */
export type Body = Readonly<Record<string, unknown>>;

export interface Stage {
  readonly client: Client;
  /** Makes a payment of 25.00 EUR, but for what `more` says; the stage then waits for its events. */
  pay(more: Body): Promise<void>;
  /** Authorizes a card for 25.00 GBP, likewise. */
  authorize(card: string, more?: Body): Promise<void>;
  /** Posts to what belongs to the payment: `refund`, `retry`. */
  post(action: 'refund' | 'retry', body: Body): Promise<void>;
  /** Waits for the event of `query` rather than of a payment made here. */
  watch(query: Body, after: string | undefined): void;
  /** The next event of this type. A CliError when another outcome comes, or nothing in time. */
  until(type: EventType, reason?: FailureReason): Promise<WireEvent>;
}

export interface Staging {
  readonly client: Client;
  /** How long each event may take. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WireEvent) => void;
}

const POLL_MS = 100;

const PAYMENT = { amount: 25, currency: 'EUR', recipient: 'trigger@example.com' };
const CARD_PAYMENT = { amount: 25, currency: 'GBP', merchant: 'Farthing trigger' };

/** Whichever of them comes, an attempt is over. */
const OUTCOMES: readonly string[] = ['payment.succeeded', 'payment.failed'] satisfies EventType[];

export function createStage(staging: Staging): Stage {
  const { client } = staging;
  let paymentId = '';
  let watched = watching(staging, {}, undefined);
  const made = (answer: Answer, field: string) => {
    paymentId = text(record(answer.body), field);
    watched = watching(staging, { payment_id: paymentId }, undefined);
  };
  return {
    client,
    pay: async (more) =>
      made(await postJson(client, '/payments', { ...PAYMENT, ...more }), 'payment_id'),
    authorize: async (card, more = {}) => {
      const body = { ...CARD_PAYMENT, card_number: card, ...more };
      made(await postJson(client, '/payment', body), 'transaction_id');
    },
    post: async (action, body) => {
      await postJson(client, `/payments/${paymentId}/${action}`, body);
    },
    watch: (query, after) => {
      watched = watching(staging, query, after);
    },
    until: async (type, reason) => watched(type, reason),
  };
}

export async function postJson(
  client: Client,
  path: string,
  body: Body,
  idempotencyKey?: string,
): Promise<Answer> {
  return client.post(path, JSON.stringify(body), { idempotencyKey, waitSeconds: undefined });
}

/** Reads the log behind a place; what was read and not yet waited for is kept for the next wait. */
function watching(staging: Staging, query: Body, from: string | undefined): Stage['until'] {
  const { client, signal, onEvent } = staging;
  const waiting: WireEvent[] = [];
  let after = from;
  let last: WireEvent | undefined;
  const read = async () => {
    const asked = { ...query, after, limit: String(EVENT_PAGE_ITEMS_MAX) };
    const page = pageFrom((await client.get('/events', asked, signal)).body, eventFrom);
    for (const event of page.items) onEvent(event);
    waiting.push(...page.items);
    after = page.nextCursor ?? after;
  };
  return async (type, reason) => {
    const deadlineMs = performance.now() + staging.timeoutSeconds * 1000;
    for (;;) {
      for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
        last = event;
        if (isWanted(event, type, reason)) return event;
      }
      if (performance.now() > deadlineMs) throw tooLate(type, last, staging.timeoutSeconds);
      await read();
      if (waiting.length === 0) await sleep(POLL_MS, undefined, { signal });
    }
  };
}

/** Throws when what came can no longer become what was wanted. */
function isWanted(
  { type, payment }: WireEvent,
  wanted: EventType,
  reason: FailureReason | undefined,
): boolean {
  const came = payment?.failureReason ?? null;
  if (type === wanted && (reason === undefined || came === reason)) return true;
  if (!OUTCOMES.includes(type) || !OUTCOMES.includes(wanted)) return false;
  const named = (name: string, why: string | null) => (why === null ? name : `${name} (${why})`);
  throw new CliError(
    EXIT.failed,
    `${named(type, came)} came instead of ${named(wanted, reason ?? null)}`,
  );
}

function tooLate(type: EventType, last: WireEvent | undefined, seconds: number): CliError {
  const said = last === undefined ? 'no event came at all' : `the last that came was ${last.type}`;
  return new CliError(
    EXIT.failed,
    `${type} did not come within ${count(seconds, 'second')}; ${said}\n` +
      'farthing simulation show tells how long payments take; --timeout waits longer.',
  );
}
