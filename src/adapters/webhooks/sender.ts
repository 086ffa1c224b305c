/**
 * Sends webhooks over HTTP/1.1. It never follows a redirect, never waits longer and never reads more than its limits
 * say, connects only where the guard allows, and tells what happened as a value: it never rejects.
 */
import type { Attempt } from '../../core/webhooks/delivery.ts';
import type { Sender, WebhookRequest } from '../../engine/webhooks/ports.ts';
import type { AddressGuard, Lookup } from './addresses.ts';
import type { Connection } from './connections.ts';
import { Exchange, type Outcome } from './exchange.ts';
import { DeliveryError, isClosedByPeer, sentenceOf, sentenceOfStatus } from './failure.ts';
import { SENDER_LIMITS, type SenderLimits } from './limits.ts';
import { parseRetryAfter } from './retry-after.ts';
import { openTargets, type Targets } from './targets.ts';

export interface SenderOptions {
  readonly guard: AddressGuard;
  /** The real time. */
  readonly nowMs: () => number;
  /** A clock that only measures. */
  readonly ticksMs: () => number;
  /** What the user agent says of us. */
  readonly version: string;
  readonly lookup?: Lookup;
  readonly limits?: Partial<SenderLimits>;
}

type Sent = Omit<Attempt, 'deliberate'>;

export function openSender(options: SenderOptions): Sender {
  const { nowMs, ticksMs, version } = options;
  const limits = { ...SENDER_LIMITS, ...options.limits };
  const targets = openTargets(options, limits);
  const running = new Set<Run>();
  let isClosed = false;

  const exchange = (request: WebhookRequest): Promise<Outcome> =>
    new Promise((resolve) => {
      const run = new Run(request, { targets, limits }, (outcome) => {
        running.delete(run);
        resolve(outcome);
      });
      running.add(run);
      if (isClosed) run.stop(new DeliveryError(CLOSED));
      else run.start();
    });

  return {
    async send(request) {
      const headers = {
        'content-type': 'application/json',
        'user-agent': `Farthing/${version}`,
        'accept-encoding': 'identity',
        ...request.headers,
      };
      const atMs = nowMs();
      const startedAt = ticksMs();
      const outcome = await exchange({ ...request, headers });
      return {
        atMs,
        durationMs: Math.round(ticksMs() - startedAt),
        request: { url: request.url, headers },
        ...resultOf(outcome, nowMs),
      };
    },
    async close() {
      isClosed = true;
      const error = new DeliveryError(CLOSED);
      for (const run of running) run.stop(error);
      targets.close(error);
    },
  };
}

const CLOSED = 'the server was stopped before an answer came';

/** One request on its way, with its deadline. */
class Run {
  readonly #request: WebhookRequest;
  readonly #targets: Targets;
  readonly #limits: SenderLimits;
  readonly #done: (outcome: Outcome) => void;
  #timer: NodeJS.Timeout | undefined;
  #bodyTimer: NodeJS.Timeout | undefined;
  #exchange: Exchange | null = null;
  #giveUp: () => void = () => undefined;
  #isRepeated = false;
  #isDone = false;

  constructor(
    request: WebhookRequest,
    { targets, limits }: { targets: Targets; limits: SenderLimits },
    done: (outcome: Outcome) => void,
  ) {
    this.#request = request;
    this.#targets = targets;
    this.#limits = limits;
    this.#done = done;
  }

  start(): void {
    const { totalMs } = this.#limits;
    this.#timer = setTimeout(() => {
      this.stop(new DeliveryError(`timed out: no answer within ${totalMs / 1_000} s`));
    }, totalMs);
    this.#acquire();
  }

  stop(error: Error): void {
    this.#giveUp();
    if (this.#exchange === null) this.#settle({ answer: null, error });
    else this.#exchange.stop(error);
  }

  #acquire(): void {
    const target = this.#targets.of(this.#request.url);
    if (target === null) return this.stop(new DeliveryError('not an http or https address'));
    this.#giveUp = target.connections.acquire(
      (connection) => this.#sendOn(connection, target.path),
      this.#isRepeated,
    );
  }

  #sendOn(connection: Connection, path: string): void {
    const { bodyMs } = this.#limits;
    const isReused = connection.served > 0;
    const exchange = new Exchange(this.#limits, {
      onHead: () => {
        // Most bodies come with their head: then no clock has to be started.
        queueMicrotask(() => {
          if (!this.#isDone) this.#bodyTimer = setTimeout(() => exchange.stop(null), bodyMs);
        });
      },
      onOver: (outcome, isClean) => {
        if (isClean) connection.release();
        else connection.destroy(new Error('given up'));
        const isStale = isReused && !exchange.isAnswered && outcome.answer === null;
        if (isStale && !this.#isRepeated && isClosedByPeer(outcome.error)) this.#repeat();
        else this.#settle(outcome);
      },
    });
    this.#exchange = exchange;
    connection.dispatch(
      {
        path,
        method: 'POST',
        headers: this.#request.headers,
        body: this.#request.body,
      },
      exchange,
    );
  }

  #repeat(): void {
    this.#isRepeated = true;
    this.#exchange = null;
    this.#acquire();
  }

  #settle(outcome: Outcome): void {
    this.#isDone = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#bodyTimer);
    this.#done(outcome);
  }
}

function resultOf(
  outcome: Outcome,
  nowMs: () => number,
): Pick<Sent, 'statusCode' | 'error' | 'retryAfterMs' | 'response'> {
  if (outcome.answer === null) {
    return {
      statusCode: null,
      error: sentenceOf(outcome.error),
      retryAfterMs: null,
      response: null,
    };
  }
  const { statusCode, headers, body, isTruncated } = outcome.answer;
  const retryAfter = headers['retry-after'];
  return {
    statusCode,
    error: sentenceOfStatus(statusCode, headers['location']),
    retryAfterMs: retryAfter === undefined ? null : parseRetryAfter(retryAfter, nowMs()),
    response: { headers, body, isTruncated },
  };
}
