/**
 * After everything: is each request that was answered there, once; has each payment come to its end; did each event reach
 * each receiver and the live feed; do the books and the chains hold. The record of the clients is the witness, and the
 * database is asked without the engine; what concerns answers under keys is asked of the service.
 */
import type { Asked } from '../crash/load.ts';
import { auditDatabase } from '../support/audit.ts';
import type { StreamedEvent } from '../live-feed/stream.ts';
import { clientOf, eachOf } from '../support/http.ts';
import { runOn } from '../support/postgres.ts';
import type { Receiver } from '../support/receivers.ts';
import { isUnderWay, stepBack, type WirePayment, wirePayment } from '../support/wire.ts';
import { codeOf } from './load.ts';

export interface ChaosEvidence {
  readonly asked: readonly Asked[];
  readonly seen: ReadonlyMap<string, WirePayment>;
  readonly receivers: readonly Receiver[];
  /** Of these receivers, the ones that asked for order. */
  readonly strict: ReadonlySet<Receiver>;
  readonly feed: readonly StreamedEvent[];
}

export interface ChaosVerdict {
  readonly faults: readonly string[];
  readonly payments: number;
  readonly events: number;
  readonly acknowledged: number;
  /** Requests without a key whose answer was lost, and how many of them had been done. */
  readonly unknown: number;
  readonly unknownYetDone: number;
  readonly replayed: number;
  readonly webhooksRepeated: number;
}

const FAULTS_OF_A_KIND = 5;
const REPLAYS_MAX = 3_000;
const WIDTH = 16;

/** All payments as their last event tells them, and what clients named them. */
interface Stored {
  readonly byId: ReadonlyMap<string, WirePayment>;
  readonly created: ReadonlyMap<string, number>;
  readonly refunded: ReadonlyMap<string, number>;
}

export async function auditChaos(
  databaseUrl: string,
  url: string,
  evidence: ChaosEvidence,
): Promise<ChaosVerdict> {
  const stored = await readAll(databaseUrl);
  const { asked, seen } = evidence;
  const audit = await auditDatabase(databaseUrl);
  const ids = (
    await runOn(
      databaseUrl,
      `select payment_id, payment_sequence from log_order join events using (writer_no, sequence)
         order by position`,
    )
  ).map(
    (row) =>
      `evt_${String(row['payment_id']).replaceAll('-', '')}_${String(row['payment_sequence'])}`,
  );
  const replays = await replayFaults(url, asked);
  const kinds = [
    audit.faults,
    undecided(asked),
    asked.flatMap((request) => effectFaults(request, stored)),
    attemptFaults(asked, stored),
    goneFaults(seen, stored),
    [...stored.byId.values()].filter(isUnderWay).map((one) => `${one.payment_id} is under way`),
    replays.faults,
    await bookFaults(url, stored.byId.size),
    ...evidence.receivers.map((receiver) => webhookFaults(ids, receiver)),
    ...[...evidence.strict].map(outOfOrder),
    feedFaults(ids, evidence.feed),
  ];
  const unknown = asked.filter(({ answer }) => answer === null);
  return {
    faults: kinds.flatMap((kind) => kind.slice(0, FAULTS_OF_A_KIND)),
    payments: stored.byId.size,
    events: ids.length,
    acknowledged: seen.size,
    unknown: unknown.length,
    unknownYetDone: unknown.filter((request) => effectsOf(request, stored) > 0).length,
    replayed: replays.count,
    webhooksRepeated: evidence.receivers.reduce((sum, one) => sum + repeats(one), 0),
  };
}

async function readAll(databaseUrl: string): Promise<Stored> {
  const rows = await runOn(
    databaseUrl,
    `select e.data from payments p join events e
       on e.payment_id = p.payment_id and e.payment_sequence = p.version`,
  );
  const payments = rows.map(({ data }) => wirePayment(String(data)));
  const count = (names: readonly (string | null)[]) => {
    const counted = new Map<string, number>();
    for (const name of names) if (name !== null) counted.set(name, (counted.get(name) ?? 0) + 1);
    return counted;
  };
  return {
    byId: new Map(payments.map((payment) => [payment.payment_id, payment])),
    created: count(payments.map(({ reference }) => reference)),
    refunded: count(payments.flatMap(({ refunds }) => refunds.map(({ reason }) => reason))),
  };
}

/** A keyed request is sent until it is decided: one that never was waited in vain. */
function undecided(asked: readonly Asked[]): string[] {
  return asked
    .filter(({ isKeyed, answer }) => isKeyed && answer === null)
    .map(({ kind, tag }) => `${kind} ${tag} was never decided, however often it was asked`);
}

function effectsOf({ kind, tag }: Asked, stored: Stored): number {
  return (kind === 'create' ? stored.created : stored.refunded).get(tag) ?? 0;
}

/** Accepted: once. Refused: never. Unknown: once at most. */
function effectFaults(request: Asked, stored: Stored): string[] {
  const { kind, tag, answer } = request;
  if (kind === 'retry') return []; // counted by payment
  const there = effectsOf(request, stored);
  const [least, most] = answer === null ? [0, 1] : answer.status < 300 ? [1, 1] : [0, 0];
  if (there >= least && there <= most) return [];
  const said = answer === null ? 'never answered' : `answered ${answer.status} ${codeOf(answer)}`;
  return [`${kind} ${tag}, ${said}, is there ${there} times`];
}

function attemptFaults(asked: readonly Asked[], { byId }: Stored): string[] {
  const retries = new Map<string, { accepted: number; unknown: number }>();
  for (const { kind, paymentId, answer } of asked) {
    if (kind !== 'retry' || paymentId === null) continue;
    const counted = retries.get(paymentId) ?? { accepted: 0, unknown: 0 };
    retries.set(paymentId, counted);
    if (answer === null) counted.unknown += 1;
    else if (answer.status < 300) counted.accepted += 1;
  }
  return [...retries].flatMap(([id, { accepted, unknown }]) => {
    const attempts = byId.get(id)?.attempts ?? 0;
    if (attempts >= 1 + accepted && attempts <= 1 + accepted + unknown) return [];
    return [
      `${id} had ${attempts} attempts after ${accepted} accepted retries (${unknown} unknown)`,
    ];
  });
}

function goneFaults(seen: ReadonlyMap<string, WirePayment>, { byId }: Stored): string[] {
  return [...seen].flatMap(([id, before]) => {
    const now = byId.get(id);
    const back = now === undefined ? 'it is gone' : stepBack(before, now);
    return back === null ? [] : [`payment ${id} was answered, and ${back}`];
  });
}

/** What was decided under a key comes again to the byte. */
async function replayFaults(
  url: string,
  asked: readonly Asked[],
): Promise<{ faults: string[]; count: number }> {
  const keyed = asked.filter(({ isKeyed, answer }) => isKeyed && answer !== null);
  const step = Math.max(1, Math.ceil(keyed.length / REPLAYS_MAX));
  const picked = keyed.filter((_, index) => index % step === 0);
  const client = clientOf(url, WIDTH);
  const faults: string[] = [];
  await eachOf(picked, WIDTH, async ({ call, tag, kind, answer }) => {
    const again = await client.call(call);
    const isSame = again?.status === answer?.status && again?.text === answer?.text;
    if (isSame && again?.headers['idempotent-replayed'] === 'true') return;
    faults.push(
      `${kind} ${tag}: first ${answer?.status} ${answer?.text}, again ${again?.status} ${again?.text}`,
    );
  });
  client.close();
  return { faults, count: picked.length };
}

async function bookFaults(url: string, payments: number): Promise<string[]> {
  const client = clientOf(url, 1);
  const { balanced } = (await client.json('/ledger/trial-balance')) as { balanced: boolean };
  const { total } = (await client.json('/summary')) as { total: number };
  client.close();
  return [
    ...(balanced ? [] : ['the trial balance does not balance']),
    ...(total === payments ? [] : [`/summary counts ${total} payments, there are ${payments}`]),
  ];
}

function webhookFaults(ids: readonly string[], { url, accepted, received }: Receiver): string[] {
  const known = new Set(ids);
  const bodies = new Map<string, string>();
  const changed = received.filter(({ id, body }) => {
    const before = bodies.get(id) ?? body;
    bodies.set(id, before);
    return before !== body;
  });
  return [
    ...ids.filter((id) => !accepted.has(id)).map((id) => `${url}: ${id} never came`),
    ...changed.map(({ id }) => `${url}: ${id} came with other bytes`),
    ...[...bodies.keys()].filter((id) => !known.has(id)).map((id) => `${url}: ${id} never was`),
  ];
}

/** By when each was accepted for the first time. */
function outOfOrder({ url, acceptedTimes }: Receiver): string[] {
  const last = new Map<string, number>();
  return [...acceptedTimes.keys()].flatMap((id) => {
    const [, payment = '', place = ''] = id.split('_');
    const before = last.get(payment) ?? 0;
    last.set(payment, Number(place));
    return Number(place) === before + 1 ? [] : [`${url}: ${id} came after ${before}`];
  });
}

function repeats({ acceptedTimes }: Receiver): number {
  return [...acceptedTimes.values()].reduce((sum, times) => sum + times - 1, 0);
}

/** The whole log, each event once, in its order. */
function feedFaults(ids: readonly string[], feed: readonly StreamedEvent[]): string[] {
  const first = ids.findIndex((id, index) => feed[index]?.id !== id);
  if (first === -1 && feed.length === ids.length) return [];
  const at = first === -1 ? ids.length : first;
  return [
    `the live feed gave ${feed.length} of ${ids.length} events; place ${at + 1} is ${feed[at]?.id}, not ${ids[at]}`,
  ];
}
