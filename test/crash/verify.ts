/**
 * After a crash and a restart: is everything there that was answered, is nothing there twice, has
 * what was under way gone on, and do the books agree. The record of the load is the witness; the
 * engine is asked over HTTP, and its database is recounted beside it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { auditDatabase } from '../support/audit.ts';
import { type Answer, type Client, eachOf } from '../support/http.ts';
import { isPostgres } from '../support/store.ts';
import {
  eventsBehind,
  stepBack,
  type WirePage,
  type WirePayment,
  wirePayment,
} from '../support/wire.ts';
import type { Asked } from './load.ts';

/**
 * Work that was in flight goes on within five seconds. On Postgres what the dead process had leased is free after five
 * seconds, and found by the next look, a second later at most; then there is a payment's own time.
 */
const RESUMED_MS_MAX = isPostgres ? 8_000 : 5_000;
const CONNECTIONS = 16;

export interface Evidence {
  readonly asked: readonly Asked[];
  readonly seen: ReadonlyMap<string, WirePayment>;
  /** It had been asked to stop: then it may refuse with a 503, which says that nothing was done. */
  readonly wasStopping: boolean;
}

export interface Verdict {
  readonly faults: readonly string[];
  /** From the restart until nothing was under way any more. */
  readonly settledMs: number;
  /** Payments in the file. */
  readonly payments: number;
  readonly events: number;
  /** Keyed requests sent again: with an answer to compare, and with none. */
  readonly repeated: {
    readonly answered: number;
    readonly lost: number;
    /** Of the lost ones, those that had been committed: the kill fell between commit and answer. */
    readonly lostYetDone: number;
  };
}

export async function verify(
  client: Client,
  /** As DATABASE_URL names it. */
  database: string,
  { asked, seen, wasStopping }: Evidence,
): Promise<Verdict> {
  const faults = asked.flatMap((request) => unexpectedAnswer(request, wasStopping));
  const settledMs = await waitUntilSettled(client, faults);
  const keyed = asked.filter((request) => request.isKeyed);
  const answered = keyed.filter((request) => request.answer !== null).length;
  let lostYetDone = 0;
  await eachOf(keyed, CONNECTIONS, async (request) => {
    const isLost = request.answer === null;
    await repeat(client, request, faults);
    if (isLost && request.answer?.headers['idempotent-replayed'] === 'true') lostYetDone += 1;
  });
  await waitUntilSettled(client, faults);
  await eachOf(asked, CONNECTIONS, (request) => countEffects(client, request, faults));
  await eachOf([...seen.values()], CONNECTIONS, (payment) => isStillThere(client, payment, faults));
  await eachOf([...seen.keys()], CONNECTIONS, (id) => countAttempts(client, id, asked, faults));
  const { payments, events } = await balance(client, database, faults);
  const repeated = { answered, lost: keyed.length - answered, lostYetDone };
  return { faults, settledMs, payments, events, repeated };
}

/** A server that is killed answers or does not; it never answers with a 5xx. */
function unexpectedAnswer({ answer, call, tag }: Asked, wasStopping: boolean): string[] {
  const expected = wasStopping ? [200, 201, 409, 503] : [200, 201, 409];
  if (answer === null || expected.includes(answer.status)) return [];
  return [`${call.path} (${tag}) was answered ${answer.status}: ${answer.text}`];
}

async function waitUntilSettled(client: Client, faults: string[]): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const summary = (await client.json('/summary')) as { created: number; processing: number };
    const waitedMs = Math.round(performance.now() - startedAt);
    if (summary.created + summary.processing === 0) return waitedMs;
    if (waitedMs > RESUMED_MS_MAX) {
      faults.push(
        `after ${waitedMs} ms there are still payments under way: ${JSON.stringify(summary)}`,
      );
      return waitedMs;
    }
    await sleep(20);
  }
}

/**
 * Asks again under the same key: what was answered comes again to the byte; what was not is
 * answered once and for all.
 */
async function repeat(client: Client, request: Asked, faults: string[]): Promise<void> {
  const { call, tag } = request;
  const isDecided = request.answer !== null && request.answer.status < 500;
  const first = isDecided ? request.answer : await client.call(call);
  if (first === null) {
    faults.push(`${tag}: no answer after the restart`);
    return;
  }
  request.answer = first;
  const again = await client.call(call);
  if (again === null || !isReplay(first, again)) {
    faults.push(`${tag}: first ${describe(first)}, asked again ${describe(again)}`);
  }
}

function isReplay(first: Answer, again: Answer): boolean {
  return (
    again.headers['idempotent-replayed'] === 'true' &&
    again.status === first.status &&
    again.text === first.text
  );
}

function describe(answer: Answer | null): string {
  if (answer === null) return 'lost';
  const replayed = answer.headers['idempotent-replayed'] ?? 'false';
  return `${answer.status} (replayed: ${String(replayed)}) ${answer.text}`;
}

/**
 * A request that was accepted had its effect once, one that was refused never, one whose answer is
 * unknown once at most.
 */
async function countEffects(client: Client, request: Asked, faults: string[]): Promise<void> {
  const { kind, tag, answer } = request;
  if (kind === 'retry') return; // counted by payment, see countAttempts
  const effects = await effectsOf(client, request);
  const isAccepted = answer !== null && answer.status < 300;
  const [least, most] = answer === null ? [0, 1] : isAccepted ? [1, 1] : [0, 0];
  if (effects.length >= least && effects.length <= most) return;
  faults.push(`${kind} ${tag} (${describe(answer)}) is there ${effects.length} times`);
}

async function effectsOf(client: Client, { kind, tag, paymentId }: Asked): Promise<unknown[]> {
  if (kind === 'create') {
    const path = `/payments?reference=${encodeURIComponent(tag)}`;
    const page = (await client.json(path)) as WirePage<WirePayment>;
    return [...page.data];
  }
  const payment = wirePayment((await client.get(`/payments/${paymentId}`)).text);
  return payment.refunds.filter((refund) => refund.reason === tag);
}

async function isStillThere(client: Client, seen: WirePayment, faults: string[]): Promise<void> {
  const id = seen.payment_id;
  const { status, text } = await client.get(`/payments/${id}`);
  if (status !== 200) {
    faults.push(`payment ${id} was answered and is gone: ${status}`);
    return;
  }
  const now = wirePayment(text);
  const back = stepBack(seen, now);
  if (back !== null) faults.push(`payment ${id}: ${back}`);
  const page = (await client.json(`/payments/${id}/events?limit=500`)) as WirePage<{
    payment_sequence: number;
    data: unknown;
  }>;
  const sequences = page.data.map((event) => event.payment_sequence);
  const isGapless = sequences.every((sequence, index) => sequence === index + 1);
  if (!isGapless || sequences.length !== eventsBehind(now)) {
    faults.push(
      `payment ${id} has ${eventsBehind(now)} events behind it, and these: ${sequences.join()}`,
    );
  }
  if (JSON.stringify(page.data.at(-1)?.data) !== text) {
    faults.push(`payment ${id} is not what its last event says`);
  }
}

/** Every accepted retry began one attempt, no more; one that was not answered began one at most. */
async function countAttempts(
  client: Client,
  id: string,
  asked: readonly Asked[],
  faults: string[],
): Promise<void> {
  const retries = asked.filter(({ kind, paymentId }) => kind === 'retry' && paymentId === id);
  if (retries.length === 0) return;
  const { attempts } = wirePayment((await client.get(`/payments/${id}`)).text);
  const accepted = retries.filter(({ answer }) => answer !== null && answer.status < 300).length;
  const unknown = retries.filter(({ answer }) => answer === null).length;
  if (attempts >= 1 + accepted && attempts <= 1 + accepted + unknown) return;
  faults.push(
    `payment ${id} had ${attempts} attempts after ${accepted} accepted retries (${unknown} unknown)`,
  );
}

async function balance(client: Client, database: string, faults: string[]) {
  const audit = await auditDatabase(database);
  faults.push(...audit.faults);
  const { balanced } = (await client.json('/ledger/trial-balance')) as { balanced: boolean };
  if (!balanced) faults.push('the trial balance does not balance');
  const { total } = (await client.json('/summary')) as { total: number };
  if (total !== audit.payments)
    faults.push(`/summary counts ${total} payments, the database holds ${audit.payments}`);
  return audit;
}
