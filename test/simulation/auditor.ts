/**
 * Holds the engine against the model after every step: each reply, each new event with its hash,
 * each touched payment, its timer and entries, and the totals; now and then everything, recounted
 * from the rows alone.
 */
import { isDeepStrictEqual } from 'node:util';
import { CHAIN_START, hashEvent } from '../../src/adapters/storage/chain.ts';
import { eventFrom, text } from '../../src/adapters/storage/rows.ts';
import type { Card } from '../../src/core/card.ts';
import type { PaymentId } from '../../src/core/ids.ts';
import type { Payment } from '../../src/core/payment.ts';
import type {
  Page,
  PaymentQuery,
  Reply,
  Store,
  StoredBytes,
  StoredEvent,
} from '../../src/engine/ports.ts';
import { wireNumber } from './decimal.ts';
import {
  type Expected,
  type ExpectedPaymentEvent,
  isRetryableReason,
  type Judged,
  type KeptReply,
  type Model,
  type ModelPayment,
  refundedOf,
  STATUS_OF_CODE,
} from './model.ts';
import type { Stored } from './stored.ts';

/** What the engine did and what it should have done. */
export class Disagreement extends Error {}

export interface Audited {
  readonly store: Store;
  readonly nowMs: number;
}

export class Auditor {
  readonly #model: Model;
  readonly #retriesMax: number;
  /** Payments as of the events looked at so far, by ordinal. */
  readonly #known = new Map<number, ModelPayment>();
  readonly #counters = new Map<string, bigint>();
  /** Bodies of stored replies that are no payment; those of payments stand in the log. */
  readonly #bodies = new WeakMap<KeptReply, string>();
  /** Logs that have come to their end, as far as they were looked at. */
  #resets = 0;
  #writer = '';
  #head = CHAIN_START;
  #lastId = '';
  #looked = 0;
  readonly #stored: Stored;

  constructor(model: Model, stored: Stored, retriesMax: number) {
    this.#model = model;
    this.#stored = stored;
    this.#retriesMax = retriesMax;
  }

  /** To be called when the store was opened for the first time. */
  async begin(): Promise<void> {
    this.#writer = await this.#stored.writer();
  }

  /** One reply, in the order of the commands: ids are bound as they come. */
  async reply(expected: Expected, actual: Reply): Promise<void> {
    if (expected.kind !== actual.kind) disagree('the reply', expected.kind, actual);
    switch (actual.kind) {
      case 'decided':
        if (expected.kind === 'decided') this.#decided(expected, actual);
        return;
      case 'changed':
        if (expected.kind === 'changed') {
          const { type, command, atMs, data } = expected.event;
          const { event } = actual;
          same('a change', [type, { command }, atMs], [event.type, event.cause, event.atMs]);
          if (data !== null) same('what it became', data, event.data);
        }
        return;
      case 'refused':
        if (expected.kind === 'refused') this.#refused(expected, actual);
        return;
      case 'replayed':
        if (expected.kind === 'replayed') await this.replayed(expected.reply, actual.stored);
        return;
      case 'waiting':
        if (expected.kind === 'waiting')
          same('whom it waits for', expected.payment.identity.id, actual.paymentId);
    }
  }

  #decided(
    { payment, judged, kept }: Extract<Expected, { kind: 'decided' }>,
    actual: Extract<Reply, { kind: 'decided' }>,
  ): void {
    this.#bindIds(payment, actual.payment);
    samePayment(payment, actual.payment);
    same('whether it is stored', kept !== null, actual.stored !== null);
    if (kept === null || actual.stored === null) return;
    const { status, body } = actual.stored;
    same('the stored status', kept.status, status);
    if (kept.isAuthorization) {
      sameAuthorization(payment, judged, body);
      this.#bodies.set(kept, body);
    } else this.#sameWire(payment, body);
  }

  #refused(
    { code, kept }: Extract<Expected, { kind: 'refused' }>,
    { rejection, stored }: Extract<Reply, { kind: 'refused' }>,
  ): void {
    same('the code of the refusal', code, rejection.code);
    same('whether it is stored', kept !== null, stored !== null);
    if (kept === null || stored === null) return;
    const problem = JSON.parse(stored.body) as { code: string; status: number };
    const status = STATUS_OF_CODE[code];
    const found = [stored.status, problem.status, problem.code];
    same('the stored refusal', [status, status, code], found);
    this.#bodies.set(kept, stored.body);
  }

  /** The first answer again, byte for byte. */
  async replayed(kept: KeptReply, stored: StoredBytes | null): Promise<void> {
    if (stored === null) return disagree('a replay', kept, null);
    same('the replayed status', kept.status, stored.status);
    const { payment, isAuthorization } = kept;
    if (payment === null || isAuthorization) {
      same('the replayed bytes', this.#bodies.get(kept), stored.body);
      return;
    }
    // A reset that came after it has taken the log out by now.
    if (kept.log !== this.#model.resets) return;
    const body = await this.#bodyInLog(payment.identity.id, payment.version);
    same('the replayed bytes', body, stored.body);
  }

  #bindIds(expected: ModelPayment, actual: Payment): void {
    if (expected.identity.id === '') {
      if (actual.id <= this.#lastId)
        disagree('an id after the one before', `> ${this.#lastId}`, actual.id);
      expected.identity.id = actual.id;
      this.#lastId = actual.id;
    }
    const made = expected.refunds.at(-1);
    if (made?.id === '') made.id = actual.refunds.at(-1)?.id ?? '';
    if (expected.risk !== null) expected.risk.reasons ??= actual.risk?.reasons ?? null;
  }

  /** After every step. */
  async step(audited: Audited): Promise<void> {
    const touched = await this.#newEvents();
    for (const payment of touched) await this.#touched(payment, audited);
    await this.#expiries();
    await this.#totals(audited.store);
  }

  /**
   * Reads the log on from where the last step left it; returns what the events touched, as it is
   * now.
   */
  async #newEvents(): Promise<Set<ModelPayment>> {
    if (this.#resets !== this.#model.resets) await this.#beginAnew();
    const rows = await this.#stored.select(
      'select * from events where sequence > ? order by sequence',
      [this.#looked],
    );
    const touched = new Set<ModelPayment>();
    for (const row of rows) {
      const event = eventFrom(row);
      const hash = text(row, 'hash');
      same('the sequence of an event', this.#looked + 1, event.sequence);
      same('the previous hash', this.#head, text(row, 'prev_hash'));
      same('the hash', hashEvent(this.#head, this.#writer, event), hash);
      this.#head = hash;
      this.#looked += 1;
      const ordinal = this.#event(event);
      if (ordinal !== null) touched.add(this.#model.must(ordinal));
    }
    same('the number of events', this.#model.events.length, this.#looked);
    return touched;
  }

  /** A new log has taken the place of the one that was looked at; its first entry tells of that. */
  async #beginAnew(): Promise<void> {
    const [first] = await this.#stored.select('select data from events where sequence = 1');
    const { previous } = JSON.parse(String(first?.['data'])) as {
      previous: { writer: string; entries: number; hash: string };
    };
    same('the entries of the old log', this.#model.eventsBefore, previous.entries);
    // Of a log that went on since the last look, or began since then, the end was not seen.
    if (this.#model.resets === this.#resets + 1) {
      same('the writer of the old log', this.#writer, previous.writer);
      const isSeen = previous.entries === this.#looked;
      if (isSeen) same('the head of the old log', this.#head, previous.hash);
    }
    const writer = await this.#stored.writer();
    if (writer === previous.writer) disagree('the writer of a new log', 'another one', writer);
    this.#writer = writer;
    this.#head = CHAIN_START;
    this.#looked = 0;
    this.#resets = this.#model.resets;
    this.#known.clear();
    this.#counters.clear();
  }

  /** The ordinal of the payment that it is about; null for none. */
  #event(event: StoredEvent): number | null {
    const expected = this.#model.events[event.sequence - 1];
    if (expected === undefined) return disagree('an event', 'none', event);
    const facts = [event.type, event.paymentId, event.paymentSequence, event.atMs];
    const cause: unknown = JSON.parse(event.cause);
    if (expected.payment === null) {
      const { type, command, atMs, data } = expected;
      same('an event', [type, null, null, atMs], facts);
      same('its cause', { command }, cause);
      if (data !== null) same('its data', data, JSON.parse(event.data));
      return null;
    }
    const { payment, type } = expected;
    const { ordinal, id } = payment.identity;
    same('an event', [type, id, payment.version, payment.updatedAtMs], facts);
    same('its cause', causeOf(expected), cause);
    this.#sameWire(payment, event.data);
    const before = this.#known.get(ordinal);
    if (before !== undefined) this.#count(before, -1n);
    this.#count(payment, 1n);
    this.#known.set(ordinal, payment);
    return ordinal;
  }

  #count({ status, failureReason }: ModelPayment, by: bigint): void {
    const names = failureReason === null ? [] : [`reason:${failureReason}`];
    for (const name of [`status:${status}`, ...names]) {
      this.#counters.set(name, (this.#counters.get(name) ?? 0n) + by);
    }
  }

  async #touched(payment: ModelPayment, { store, nowMs }: Audited): Promise<void> {
    const id = payment.identity.id as PaymentId;
    samePayment(payment, await store.findPayment(id));
    const entries = await store.ledgerEntries(id);
    const moved = (kind: string) =>
      entries
        .filter((entry) => entry.kind === kind)
        .reduce((sum, entry) => sum + entry.amountMinor, 0n);
    same('captured in the ledger', payment.capturedMinor, moved('capture'));
    same('refunded in the ledger', refundedOf(payment), moved('refund'));
    same('entries', (payment.capturedMinor > 0n ? 1 : 0) + payment.refunds.length, entries.length);
    const timers = await this.#stored.select('select * from timers where payment_id = ?', [id]);
    const { timer, attempts } = payment;
    same('the number of timers', timer === null ? 0 : 1, timers.length);
    if (timer === null) return;
    const [row] = timers;
    same('the timer', [timer.kind, attempts], [row?.['kind'], row?.['attempt']]);
    const dueMs = Number(row?.['due_at_ms']);
    const isInTime = dueMs >= timer.fromMs && dueMs <= timer.toMs;
    if (!isInTime) disagree('when the timer is due', [timer.fromMs, timer.toMs], [dueMs, nowMs]);
  }

  /** Timers about no payment: of each moment the last one. */
  async #expiries(): Promise<void> {
    const stored = await this.#stored.select(
      `select due_at_ms, kind, attempt from timers where payment_id = '' order by 1`,
    );
    const rows = stored.map((row) => [row['kind'], row['due_at_ms'], row['attempt']]);
    const expected = [...this.#model.expiries]
      .toSorted(([left], [right]) => left - right)
      .map(([dueMs, version]) => ['simulation_expires', dueMs, version]);
    same('the timers of the simulation', expected, rows);
  }

  async #totals(store: Store): Promise<void> {
    const { counters, timeToOutcome, decisionLatency } = await store.totals();
    const expected = new Map<string, bigint>([...this.#counters, ...this.#model.authorizations]);
    for (const [code, minor] of this.#model.volumes) expected.set(`volume:${code}`, minor);
    same('the counters', counted(expected), counted(counters));
    const values = (bins: ReadonlyMap<number, number>) =>
      [...bins.values()].reduce((sum, count) => sum + count, 0);
    same('the first outcomes', this.#model.firstOutcomes, values(timeToOutcome));
    same('the decisions about cards', this.#model.decisions, values(decisionLatency));
    const sides = (await store.accountTotals()).map(
      ({ account, currency, debitsMinor, creditsMinor }) =>
        [`${account} ${currency.code}`, debitsMinor, creditsMinor] as const,
    );
    const modelled = [...this.#model.ledger].map(
      ([name, side]) => [name, side.debits, side.credits] as const,
    );
    same('the accounts', modelled.toSorted(byName), sides.toSorted(byName));
    const net = sides.reduce((sum, [, debits, credits]) => sum + debits - credits, 0n);
    same('debits less credits', 0n, net);
  }

  /**
   * Everything: recounted from the rows, by us and by what `farthing doctor` and `farthing audit` do, every payment, and
   * lists walked to their end.
   */
  async everything({ store }: Audited, status: string, pageItems: number): Promise<void> {
    same('what recounts find', [], await this.#stored.faults());
    for (const payment of this.#known.values()) {
      samePayment(payment, await store.findPayment(payment.identity.id as PaymentId));
    }
    const newestFirst = [...this.#known.values()].toSorted(
      (left, right) => right.identity.ordinal - left.identity.ordinal,
    );
    const lists: [PaymentFilter, (payment: ModelPayment) => boolean][] = [
      [{ statuses: [status] }, (payment) => payment.status === status],
      [{ method: 'card', statuses: [status] }, (payment) => isByCard(payment, status)],
    ];
    for (const [filter, isIn] of lists) {
      const listed = await idsOf(store, filter, pageItems);
      const expected = newestFirst.filter(isIn).map(({ identity }) => identity.id);
      same(`the list of ${JSON.stringify(filter)}`, expected, listed);
    }
    const found = await idsOf(store, { searchPrefix: '000' }, pageItems);
    const named = newestFirst.filter(({ asked }) => asked.card?.last4.startsWith('000') === true);
    same('the cards that are found', named.map(({ identity }) => identity.id).sort(), found.sort());
  }

  /** True while nothing that must have fired by now is left. */
  isNothingOverdue(nowMs: number): boolean {
    const { payments, expiries } = this.#model;
    const isLate = [...expiries.keys()].some((dueMs) => dueMs <= nowMs);
    return !isLate && payments.every((payment) => (payment?.timer?.toMs ?? Infinity) > nowMs);
  }

  async #bodyInLog(id: string, version: number): Promise<string> {
    const [row] = await this.#stored.select(
      'select data from events where payment_id = ? and payment_sequence = ?',
      [id, version],
    );
    return String(row?.['data']);
  }

  #sameWire(payment: ModelPayment, body: string): void {
    const { decline, ...actual } = JSON.parse(body) as { decline: { retry: string } | null };
    same('the payment on the wire', wireOf(payment, this.#retriesMax), actual);
    const { failureReason } = payment;
    same('whether a decline is told', failureReason !== null, decline !== null);
    if (decline !== null)
      same('its retry', isRetryableReason(failureReason), decline.retry === 'later');
  }
}

type PaymentFilter = Omit<PaymentQuery, 'limit' | 'cursor'>;

/** The ids of a whole list, page by page. */
async function idsOf(store: Store, filter: PaymentFilter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Payment> = await store.listPayments({ ...filter, limit, cursor });
    ids.push(...page.items.map((payment) => payment.id));
    cursor = page.next;
  } while (cursor !== null);
  return ids;
}

function isByCard({ asked, status }: ModelPayment, wanted: string): boolean {
  return asked.card !== null && status === wanted;
}

/** Why an event happened, as it stands in the log. */
function causeOf({ command, payment, judged }: ExpectedPaymentEvent): object {
  if (command === 'refund_payment') return { command, refund_id: payment.refunds.at(-1)?.id };
  if (judged === null) return { command };
  const { verdict, card } = judged;
  if (card === null) return { command, verdict };
  const { attempted, risk } = card;
  const { score, level, features, contributions } = risk;
  return {
    command,
    verdict,
    facts: {
      card: attempted.card,
      device: attempted.device,
      ip: attempted.ip,
      amount_minor: String(attempted.amountMinor > 0n ? attempted.amountMinor : 0n),
      currency: attempted.currency.code,
    },
    risk: { score, level, features, contributions, reasons: payment.risk?.reasons },
    // The clock of a simulation stands while it decides.
    latency_ms: 0,
  };
}

/** The answer of POST /payment; the words of a decline are the catalogue's. */
function sameAuthorization(payment: ModelPayment, judged: Judged | null, body: string): void {
  if (judged === null || judged.card === null) return disagree('an authorization', judged, body);
  const { verdict, card } = judged;
  const isApproved = verdict.outcome === 'APPROVE';
  const { decision_reason: reason, ...actual } = JSON.parse(body) as { decision_reason: unknown };
  same('whether a reason is told', !isApproved, typeof reason === 'string');
  if (verdict.message !== undefined) same('the reason', verdict.message, reason);
  const { score, level, features, contributions } = card.risk;
  const expected = {
    transaction_id: payment.identity.id,
    status: isApproved ? 'Approved' : 'Declined',
    score,
    latency_ms: 0,
    features,
    failure_reason: payment.failureReason,
    rule: verdict.rule,
    contributions,
    level,
    ...(verdict.shadow === undefined ? {} : { shadow: verdict.shadow }),
  };
  same('an authorization', expected, actual);
}

/**
 * The payment in its public form (docs of GET /payments/{id}), but for `decline`, whose words are
 * the catalogue's.
 */
function wireOf(payment: ModelPayment, retriesMax: number): object {
  const { asked, identity, failureReason, attempts } = payment;
  const digits = asked.currency.minorDigits;
  return {
    payment_id: identity.id,
    status: payment.status,
    amount: wireNumber(asked.amountMinor, digits),
    currency: asked.currency.code === 'XXX' ? null : asked.currency.code,
    recipient: asked.recipient,
    description: asked.description,
    failure_reason: failureReason,
    created_at: new Date(payment.createdAtMs).toISOString(),
    updated_at: new Date(payment.updatedAtMs).toISOString(),
    reference: asked.reference,
    method: asked.card === null ? 'account' : 'card',
    card: asked.card === null ? null : cardOnWire(asked.card),
    channel: asked.channel,
    device_id: asked.deviceId,
    amount_captured: wireNumber(payment.capturedMinor, digits),
    amount_refunded: wireNumber(refundedOf(payment), digits),
    refunds: payment.refunds.map((refund) => ({
      refund_id: refund.id,
      payment_id: identity.id,
      amount: wireNumber(refund.amountMinor, digits),
      currency: asked.currency.code,
      reason: refund.reason,
      status: 'SUCCEEDED',
      created_at: new Date(refund.atMs).toISOString(),
    })),
    attempts,
    retryable: isRetryableReason(failureReason) && attempts <= retriesMax,
    risk: payment.risk,
    metadata: asked.metadata,
  };
}

function cardOnWire({ brand, bin, last4, fingerprint, isLuhnValid }: Card): object {
  return { brand, bin, last4, fingerprint, luhn_valid: isLuhnValid };
}

function samePayment(expected: ModelPayment, actual: Payment | null): void {
  if (actual === null) return disagree('a payment', expected, null);
  const { asked, identity, refunds: _, timer: _timer, ...state } = expected;
  const { ordinal, id } = identity;
  const refunds = expected.refunds.map(({ amountMinor, reason, atMs, id: refundId }) => {
    return { id: refundId, paymentId: id, amountMinor, reason, createdAtMs: atMs };
  });
  same(
    'a payment',
    { ...asked, ...state, ordinal, id, refunds, refundedMinor: refundedOf(expected) },
    actual,
  );
}

function counted(counters: ReadonlyMap<string, bigint>): readonly (readonly [string, bigint])[] {
  return [...counters].filter(([, count]) => count !== 0n).toSorted(byName);
}

function byName(
  left: readonly [string, ...unknown[]],
  right: readonly [string, ...unknown[]],
): number {
  return left[0] < right[0] ? -1 : 1;
}

function same(what: string, expected: unknown, actual: unknown): void {
  if (!isDeepStrictEqual(expected, actual)) disagree(what, expected, actual);
}

function disagree(what: string, expected: unknown, actual: unknown): never {
  throw new Disagreement(`${what}\n  expected ${shown(expected)}\n  found    ${shown(actual)}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? `${inner}n` : inner,
  );
}
