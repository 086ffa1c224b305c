/**
 * Load on a server that is about to be killed. Workers make payments, refund and retry their own,
 * read them, and write down every request before it is sent and every answer that really arrived:
 * after the kill, that record is what the database is held against.
 */
import { type Chance, chanceFrom } from '../support/chance.ts';
import { type Answer, type Call, type Client, clientOf } from '../support/http.ts';
import { isUnderWay, type WirePayment, wirePayment } from '../support/wire.ts';

export interface Asked {
  readonly kind: 'create' | 'refund' | 'retry';
  /** Unique; the reference of a new payment, the reason of a refund. */
  readonly tag: string;
  readonly call: Call;
  readonly isKeyed: boolean;
  /** What a refund or retry is about; null for a new payment. */
  readonly paymentId: string | null;
  /** Null when none arrived. */
  answer: Answer | null;
}

export interface LoadOptions {
  readonly url: string;
  /** Workers, each on a connection of its own. */
  readonly connections: number;
  readonly seed: string;
  /** Keeps a round on a fast machine from growing the file without bound. */
  readonly requestsMax: number;
}

export interface Load {
  readonly asked: readonly Asked[];
  /** The latest state in which each payment was seen, by id: in an answer or by a GET. */
  readonly seen: ReadonlyMap<string, WirePayment>;
  /** Resolves when every worker has had its last answer or lost it. */
  readonly done: Promise<void>;
  /** When the last answer arrived, by the monotonic clock. */
  lastAnswerAt(): number;
}

interface Shared {
  readonly client: Client;
  readonly asked: Asked[];
  readonly seen: Map<string, WirePayment>;
  requestsLeft: number;
  lastAnswerAt: number;
}

export function startLoad({ url, connections, seed, requestsMax }: LoadOptions): Load {
  const client = clientOf(url, connections);
  const shared: Shared = {
    client,
    asked: [],
    seen: new Map(),
    requestsLeft: requestsMax,
    lastAnswerAt: performance.now(),
  };
  const workers = Array.from({ length: connections }, (_, index) =>
    work(shared, `${seed}-w${index}`),
  );
  return {
    asked: shared.asked,
    seen: shared.seen,
    done: Promise.all(workers).then(() => client.close()),
    lastAnswerAt: () => shared.lastAnswerAt,
  };
}

/** One thing after the other, until an answer is lost: then the server is gone. */
async function work(shared: Shared, name: string): Promise<void> {
  const chance = chanceFrom(name);
  const own: string[] = [];
  for (let step = 0; shared.requestsLeft > 0; step += 1) {
    shared.requestsLeft -= 1;
    const tag = `${name}-${step}`;
    const subject = own.length > 0 && chance.happens(0.5) ? chance.pick(own) : null;
    const isAnswered =
      subject === null
        ? await create(shared, chance, { tag, own })
        : await goOn(shared, chance, { tag, subject });
    if (!isAnswered) return;
  }
}

async function create(
  shared: Shared,
  chance: Chance,
  { tag, own }: { tag: string; own: string[] },
): Promise<boolean> {
  const body = JSON.stringify({ ...paymentBody(chance), reference: tag });
  const answer = await ask(shared, chance, { kind: 'create', tag, path: '/payments', body });
  if (answer?.status === 201) {
    const payment = wirePayment(answer.text);
    shared.seen.set(payment.payment_id, payment);
    own.push(payment.payment_id);
  }
  return answer !== null;
}

/** The next thing to do with a payment, by the state it was last seen in. */
async function goOn(
  shared: Shared,
  chance: Chance,
  { tag, subject }: { tag: string; subject: string },
): Promise<boolean> {
  const path = `/payments/${subject}`;
  const payment = shared.seen.get(subject);
  if (payment === undefined || isUnderWay(payment) || chance.happens(0.1)) {
    const answer = await shared.client.call({ method: 'GET', path });
    if (answer?.status === 200) shared.seen.set(subject, wirePayment(answer.text));
    return answer !== null;
  }
  // Now and then the wrong one: a refusal is stored and replayed like any other answer.
  const isRetry = payment.status === 'FAILED' ? chance.happens(0.9) : chance.happens(0.1);
  const [kind, body] = isRetry ? (['retry', null] as const) : refundOf(chance, tag);
  const answer = await ask(shared, chance, {
    kind,
    tag,
    path: `${path}/${kind}`,
    body,
    paymentId: subject,
  });
  if (answer?.status === 200) shared.seen.set(subject, wirePayment(answer.text));
  return answer !== null;
}

interface Wanted {
  readonly kind: Asked['kind'];
  readonly tag: string;
  readonly path: string;
  readonly body: string | null;
  readonly paymentId?: string;
}

async function ask(shared: Shared, chance: Chance, wanted: Wanted): Promise<Answer | null> {
  const { kind, tag, path, body, paymentId = null } = wanted;
  const isKeyed = chance.happens(0.6);
  const headers: Record<string, string> = {};
  if (isKeyed) headers['idempotency-key'] = tag;
  if (chance.happens(0.4)) headers['prefer'] = 'wait=5';
  const call: Call = { method: 'POST', path, body, headers };
  const asked: Asked = { kind, tag, call, isKeyed, paymentId, answer: null };
  shared.asked.push(asked);
  asked.answer = await shared.client.call(call);
  if (asked.answer !== null) shared.lastAnswerAt = performance.now();
  return asked.answer;
}

export function refundOf(chance: Chance, tag: string): readonly ['refund', string] {
  const amount = chance.pick([undefined, 1, 2, 5, 100_000]);
  return ['refund', JSON.stringify({ amount, reason: tag })];
}

/**
 * Bodies of every kind of outcome; delays are short, so that lives are cut at every point of them.
 */
export function paymentBody(chance: Chance): object {
  const currency = chance.pick(['USD', 'EUR', 'JPY', 'KWD']);
  const amount = chance.pick([1, 10, 250, 9_999, 10_000, 10_001, 0, -5]);
  const outcomes = chance.pick([
    undefined,
    { outcome: 'APPROVE' },
    { outcome: 'INSUFFICIENT_FUNDS' },
    { sequence: ['PROCESSING_ERROR', 'APPROVE'] },
    { sequence: ['ISSUER_TIMEOUT', 'PROCESSING_ERROR', 'LOST_CARD'] },
  ]);
  const delay = chance.pick([undefined, 0, 10, 50]);
  const wish = { ...outcomes, ...(delay === undefined ? {} : { delay_ms: delay }) };
  return {
    amount,
    currency: chance.happens(0.05) ? null : currency,
    recipient: chance.happens(0.05) ? null : `payee ${chance.int(1, 50)}`,
    ...(Object.keys(wish).length === 0 ? {} : { simulate: wish }),
    ...(chance.happens(0.3) ? { description: 'Ünïcode ✓', metadata: { step: 1, note: 'a' } } : {}),
    ...(chance.happens(0.2) ? { channel: 'pos', device_id: 'd-1' } : {}),
  };
}
