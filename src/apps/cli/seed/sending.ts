/**
 * Sends many requests, a bounded number at a time, in their order. What the server cannot take now it is asked again:
 *
 *   sending ──► 429 or 503: everybody waits as long as it asks ──► sending
 *
 * Any other refusal, and a server that takes nothing for long, ends it; so does the signal. What is on its way then is
 * still waited for and counted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parsed, refusal, type Target } from '../client.ts';
import { type CliError, ProblemError } from '../exit.ts';
import type { PostedAnswer, Poster } from './poster.ts';
import type { SeedRequest } from './requests.ts';

export interface Sending {
  readonly target: Target;
  readonly poster: Poster;
  readonly total: number;
  readonly requestAt: (index: number) => SeedRequest;
  readonly concurrency: number;
  /** Ends it, from outside. */
  readonly signal: AbortSignal;
  /** `body` is the answer's, parsed; undefined when it is no JSON. */
  readonly onTaken: (request: SeedRequest, body: unknown) => void;
  /** Hears that the server is to be asked again, and when. */
  readonly onWait: (why: CliError, waitMs: number) => void;
}

/** Without Retry-After: at first, and at the most. */
const BACK_OFF_MS = 250;
const BACK_OFF_MS_MAX = 10_000;

/** A limit of requests a minute lets the next one through within one; who takes nothing for five never will. */
const REFUSED_MS_MAX = 300_000;

/** Shared by all who send. */
interface Pace {
  next: number;
  waitUntilMs: number;
  /** Refusals since the last request was taken. */
  refusals: number;
  refusedSinceMs: number;
  failure: Error | null;
}

/** Rejects with what ended it before all was sent; not when the signal did. */
export async function sendAll(sending: Sending): Promise<void> {
  const pace: Pace = { next: 0, waitUntilMs: 0, refusals: 0, refusedSinceMs: 0, failure: null };
  const senders = Array.from({ length: Math.min(sending.concurrency, sending.total) }, async () => {
    try {
      await sendOneAfterTheOther(sending, pace);
    } catch (error) {
      pace.failure ??= error instanceof Error ? error : new Error(String(error));
    }
  });
  await Promise.all(senders);
  if (pace.failure !== null) throw pace.failure;
}

async function sendOneAfterTheOther(sending: Sending, pace: Pace): Promise<void> {
  const isOver = () => pace.failure !== null || sending.signal.aborted;
  while (pace.next < sending.total && !isOver()) {
    const request = sending.requestAt(pace.next);
    pace.next += 1;
    for (let isTaken = false; !isTaken;) {
      await waitForTurn(sending, pace);
      if (isOver()) return;
      isTaken = await send(sending, pace, request);
    }
  }
}

async function waitForTurn({ signal }: Sending, pace: Pace): Promise<void> {
  for (;;) {
    const waitMs = pace.waitUntilMs - performance.now();
    if (waitMs <= 0 || signal.aborted) return;
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** False when it is to be sent again. */
async function send(sending: Sending, pace: Pace, request: SeedRequest): Promise<boolean> {
  const answer = await sending.poster.post(request.path, request.body);
  if (answer.status === 201) {
    pace.refusals = 0;
    sending.onTaken(request, parsed(answer.text));
    return true;
  }
  const why = refusalFrom(sending.target, answer);
  if (answer.status !== 429 && answer.status !== 503) throw why;
  waitAfter(sending, pace, why);
  return false;
}

function waitAfter({ onWait }: Sending, pace: Pace, why: CliError): void {
  const now = performance.now();
  if (pace.refusals === 0) pace.refusedSinceMs = now;
  if (now - pace.refusedSinceMs > REFUSED_MS_MAX) throw why;
  const isWaiting = pace.waitUntilMs > now;
  // Those that were on their way together are refused together: that is one refusal.
  if (!isWaiting) pace.refusals += 1;
  const asked = why instanceof ProblemError ? (why.retryAfterMs ?? 0) : 0;
  const grown = Math.min(BACK_OFF_MS * 2 ** (pace.refusals - 1), BACK_OFF_MS_MAX);
  const waitMs = Math.max(asked, grown * (0.9 + Math.random() * 0.2));
  pace.waitUntilMs = Math.max(pace.waitUntilMs, now + waitMs);
  if (!isWaiting) onWait(why, waitMs);
}

function refusalFrom(target: Target, { status, headers, text }: PostedAnswer): CliError {
  const retryAfter = headers['retry-after'];
  const kept = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
  return refusal(target, { status, headers: kept, text });
}
