/**
 * Load on a service that is harmed while it runs: clients pay, refund, retry and read through whatever process they come
 * to. A keyed request is sent again under its key until it is decided, as a careful client does; one without a key is
 * sent once, and what became of it may stay unknown. Everything asked is written down, to be held against the database.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked } from '../crash/load.ts';
import { paymentBody, refundOf } from '../crash/load.ts';
import { type Chance, chanceFrom } from '../support/chance.ts';
import { type Answer, type Call, type Client, clientOf } from '../support/http.ts';
import { isUnderWay, type WirePayment, wirePayment } from '../support/wire.ts';

export interface ChaosLoadOptions {
  readonly urls: readonly string[];
  readonly clients: number;
  /** Requests a second of all clients, about. */
  readonly rate: number;
  readonly seed: string;
}

/** One request as it was sent, whatever was sent again later. */
export interface Sample {
  /** By the monotonic clock. */
  readonly atMs: number;
  readonly tookMs: number;
  /** It asked to wait for an outcome: how long it took says nothing about the service. */
  readonly waits: boolean;
  /** Null when it was decided; else what was wrong. */
  readonly failure: string | null;
}

export interface ChaosLoad {
  readonly asked: readonly Asked[];
  /** The latest state in which each payment was seen, by id. */
  readonly seen: ReadonlyMap<string, WirePayment>;
  readonly samples: readonly Sample[];
  /** Resolves when everything that was begun is decided. */
  stop(): Promise<void>;
}

/** A keyed request that is not decided by then is a fault: no harm lasts so long. */
const DECIDED_MS_MAX = 90_000;
const PAUSE_MS = 100;

interface Shared {
  readonly clients: readonly Client[];
  readonly asked: Asked[];
  readonly seen: Map<string, WirePayment>;
  readonly samples: Sample[];
  isOver: boolean;
}

export function startChaosLoad({ urls, clients, rate, seed }: ChaosLoadOptions): ChaosLoad {
  const shared: Shared = {
    clients: urls.map((url) => clientOf(url, clients)),
    asked: [],
    seen: new Map(),
    samples: [],
    isOver: false,
  };
  const pauseMsMax = (2_000 * clients) / rate;
  const working = Array.from({ length: clients }, (_, index) =>
    work(shared, `${seed}-c${index}`, pauseMsMax),
  );
  return {
    asked: shared.asked,
    seen: shared.seen,
    samples: shared.samples,
    async stop() {
      shared.isOver = true;
      await Promise.all(working);
      for (const client of shared.clients) client.close();
    },
  };
}

async function work(shared: Shared, name: string, pauseMsMax: number): Promise<void> {
  const chance = chanceFrom(name);
  const own: string[] = [];
  for (let step = 0; !shared.isOver; step += 1) {
    await sleep(chance.fraction() * pauseMsMax);
    const tag = `${name}-${step}`;
    const subject = own.length > 0 && chance.happens(0.5) ? chance.pick(own) : null;
    if (subject === null) await create(shared, chance, { tag, own });
    else await goOn(shared, chance, { tag, subject });
    // A client comes back to its latest payments.
    if (own.length > 20) own.shift();
  }
}

async function create(
  shared: Shared,
  chance: Chance,
  { tag, own }: { tag: string; own: string[] },
): Promise<void> {
  const body = JSON.stringify({ ...paymentBody(chance), reference: tag });
  const call = { method: 'POST', path: '/payments', body } as const;
  const answer = await ask(shared, chance, { kind: 'create', tag, call, paymentId: null });
  if (answer?.status === 201) own.push(note(shared, answer));
}

async function goOn(
  shared: Shared,
  chance: Chance,
  { tag, subject }: { tag: string; subject: string },
): Promise<void> {
  const path = `/payments/${subject}`;
  const payment = shared.seen.get(subject);
  if (payment === undefined || isUnderWay(payment) || chance.happens(0.1)) {
    const answer = await send(shared, chance, { method: 'GET', path });
    if (answer?.status === 200) note(shared, answer);
    return;
  }
  const isRetry = payment.status === 'FAILED' ? chance.happens(0.9) : chance.happens(0.1);
  const [kind, body] = isRetry ? (['retry', null] as const) : refundOf(chance, tag);
  const call = { method: 'POST', path: `${path}/${kind}`, body } as const;
  const answer = await ask(shared, chance, { kind, tag, call, paymentId: subject });
  if (answer?.status === 200) note(shared, answer);
}

/** An answer that was given earlier may arrive later: the state with more behind it is kept. */
function note(shared: Shared, { text }: Answer): string {
  const payment = wirePayment(text);
  const known = shared.seen.get(payment.payment_id);
  if (known === undefined || known.updated_at <= payment.updated_at) {
    shared.seen.set(payment.payment_id, payment);
  }
  return payment.payment_id;
}

async function ask(
  shared: Shared,
  chance: Chance,
  { kind, tag, call: bare, paymentId }: Pick<Asked, 'kind' | 'tag' | 'call' | 'paymentId'>,
): Promise<Answer | null> {
  const isKeyed = chance.happens(0.6);
  const headers: Record<string, string> = {};
  if (isKeyed) headers['idempotency-key'] = tag;
  if (chance.happens(0.2)) headers['prefer'] = 'wait=5';
  const call = { ...bare, headers };
  const asked: Asked = { kind, tag, call, isKeyed, paymentId, answer: null };
  shared.asked.push(asked);
  const begunAt = performance.now();
  for (;;) {
    const answer = await send(shared, chance, call);
    if (answer !== null && isDecided(answer)) {
      asked.answer = answer;
      return answer;
    }
    if (!isKeyed) {
      // It says that nothing was done: that is an answer, and is held against it.
      if (answer !== null && codeOf(answer) === 'storage_unavailable') asked.answer = answer;
      return null;
    }
    if (performance.now() - begunAt > DECIDED_MS_MAX) return null;
    await sleep(PAUSE_MS);
  }
}

/** Sends it once, to any process. */
async function send(shared: Shared, chance: Chance, call: Call): Promise<Answer | null> {
  const startedAt = performance.now();
  const answer = await chance.pick(shared.clients).call(call);
  shared.samples.push({
    atMs: startedAt,
    tookMs: performance.now() - startedAt,
    waits: call.headers?.['prefer'] !== undefined,
    failure: failureOf(answer),
  });
  return answer;
}

function failureOf(answer: Answer | null): string | null {
  if (answer === null) return 'lost';
  return answer.status < 500 ? null : `${answer.status} ${codeOf(answer)}`;
}

/** Final for this key: asked again it will be the same. */
function isDecided(answer: Answer): boolean {
  return answer.status < 500 && codeOf(answer) !== 'idempotency_key_in_use';
}

export function codeOf({ text }: Pick<Answer, 'text'>): string {
  return /"code":"(\w+)"/.exec(text)?.[1] ?? '';
}
