/**
 * Holds the engine against the model after every step: each reply, each new event with its hash,
 * each touched payment, its timer and entries, and the totals; now and then everything, recounted
 * from the rows of the file alone.
 */
import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { CHAIN_START, hashEvent } from '../../src/adapters/storage/chain.ts';
import { eventFrom } from '../../src/adapters/storage/sqlite/rows.ts';
import type { PaymentId } from '../../src/core/ids.ts';
import type { Payment } from '../../src/core/payment.ts';
import type { Reply, Store, StoredBytes, StoredEvent } from '../../src/engine/ports.ts';
import { auditFile } from '../support/audit.ts';
import { wireNumber } from './decimal.ts';
import {
  type Expected,
  isRetryableReason,
  type KeptReply,
  type Model,
  type ModelPayment,
  refundedOf,
  STATUS_OF_CODE,
} from './model.ts';

/** What the engine did and what it should have done. */
export class Disagreement extends Error {}

export interface Audited {
  readonly path: string;
  readonly store: Store;
  readonly nowMs: number;
}

export class Auditor {
  readonly #model: Model;
  readonly #retriesMax: number;
  /** Payments as of the events looked at so far, by ordinal. */
  readonly #known = new Map<number, ModelPayment>();
  readonly #counters = new Map<string, bigint>();
  /** Bodies of stored refusals; those of payments stand in the log. */
  readonly #refusals = new WeakMap<KeptReply, string>();
  #writer = '';
  #head = CHAIN_START;
  #lastId = '';
  #looked = 0;
  #reader: DatabaseSync | null = null;

  constructor(model: Model, retriesMax: number) {
    this.#model = model;
    this.#retriesMax = retriesMax;
  }

  /** From now on this file is looked at. */
  watch(path: string): void {
    this.close();
    this.#reader = new DatabaseSync(path, { readOnly: true });
    const row = this.#reader.prepare(`select value from meta where name = 'writer'`).get();
    this.#writer = String(row?.['value']);
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
  }

  /** One reply, in the order of the commands: ids are bound as they come. */
  reply(expected: Expected, actual: Reply, keyName: string | null): void {
    if (expected.kind !== actual.kind) disagree('the reply', expected.kind, actual);
    switch (actual.kind) {
      case 'decided':
        if (expected.kind === 'decided') this.#decided(expected, actual);
        return;
      case 'refused':
        if (expected.kind === 'refused') this.#refused(expected, actual, keyName);
        return;
      case 'replayed':
        if (expected.kind === 'replayed') this.replayed(expected.reply, actual.stored);
        return;
      case 'waiting':
        if (expected.kind === 'waiting')
          same('whom it waits for', expected.payment.identity.id, actual.paymentId);
    }
  }

  #decided(
    { payment, isKept }: Extract<Expected, { kind: 'decided' }>,
    actual: Extract<Reply, { kind: 'decided' }>,
  ): void {
    this.#bindIds(payment, actual.payment);
    samePayment(payment, actual.payment);
    same('whether it is stored', isKept, actual.stored !== null);
    if (actual.stored !== null) {
      same('the stored status', payment.version === 1 ? 201 : 200, actual.stored.status);
      this.#sameWire(payment, actual.stored.body);
    }
  }

  #refused(
    { code, isKept }: Extract<Expected, { kind: 'refused' }>,
    { rejection, stored }: Extract<Reply, { kind: 'refused' }>,
    keyName: string | null,
  ): void {
    same('the code of the refusal', code, rejection.code);
    same('whether it is stored', isKept, stored !== null);
    if (stored === null) return;
    const problem = JSON.parse(stored.body) as { code: string; status: number };
    const status = STATUS_OF_CODE[code];
    const found = [stored.status, problem.status, problem.code];
    same('the stored refusal', [status, status, code], found);
    const kept = this.#model.keys.get(keyName ?? '')?.reply;
    if (kept !== undefined) this.#refusals.set(kept, stored.body);
  }

  /** The first answer again, byte for byte. */
  replayed(kept: KeptReply, stored: StoredBytes): void {
    same('the replayed status', kept.status, stored.status);
    const { payment } = kept;
    const body =
      payment === null
        ? this.#refusals.get(kept)
        : this.#bodyInLog(payment.identity.id, payment.version);
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
  }

  /** After every step. */
  async step(audited: Audited): Promise<void> {
    const touched = this.#newEvents();
    for (const payment of touched) await this.#touched(payment, audited);
    await this.#totals(audited.store);
  }

  /**
   * Reads the log on from where the last step left it; returns what the events touched, as it is
   * now.
   */
  #newEvents(): Set<ModelPayment> {
    const reader = this.#rows();
    const rows = reader
      .prepare('select * from events where sequence > ? order by sequence')
      .all(this.#looked);
    const touched = new Set<ModelPayment>();
    for (const row of rows) {
      const event = eventFrom(row);
      const hash = Buffer.from(row['hash'] as Uint8Array).toString('hex');
      const previous = Buffer.from(row['prev_hash'] as Uint8Array).toString('hex');
      same('the sequence of an event', this.#looked + 1, event.sequence);
      same('the previous hash', this.#head, previous);
      same('the hash', hashEvent(this.#head, this.#writer, event), hash);
      this.#head = hash;
      this.#looked += 1;
      touched.add(this.#model.must(this.#event(event)));
    }
    same('the number of events', this.#model.events.length, this.#looked);
    return touched;
  }

  #event(event: StoredEvent): number {
    const expected = this.#model.events[event.sequence - 1];
    if (expected === undefined) return disagree('an event', 'none', event);
    const { payment, type, outcome } = expected;
    const { ordinal, id } = payment.identity;
    const facts = [event.type, event.paymentId, event.paymentSequence, event.atMs];
    same('an event', [type, id, payment.version, payment.updatedAtMs], facts);
    const cause = JSON.parse(event.cause) as { verdict?: { outcome: string } };
    same('the outcome in the log', outcome, cause.verdict?.outcome ?? null);
    this.#sameWire(payment, event.payment);
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
    const timers = this.#rows().prepare('select * from timers where payment_id = ?').all(id);
    const { timer, attempts } = payment;
    same('the number of timers', timer === null ? 0 : 1, timers.length);
    if (timer === null) return;
    const [row] = timers;
    same('the timer', [timer.kind, attempts], [row?.['kind'], row?.['attempt']]);
    const dueMs = Number(row?.['due_at_ms']);
    const isInTime = dueMs >= timer.fromMs && dueMs <= timer.toMs;
    if (!isInTime) disagree('when the timer is due', [timer.fromMs, timer.toMs], [dueMs, nowMs]);
  }

  async #totals(store: Store): Promise<void> {
    const { counters, timeToOutcome } = await store.totals();
    const expected = new Map<string, bigint>(this.#counters);
    for (const [code, minor] of this.#model.volumes) expected.set(`volume:${code}`, minor);
    same('the counters', counted(expected), counted(counters));
    const outcomes = [...timeToOutcome.values()].reduce((sum, count) => sum + count, 0);
    same('the first outcomes', this.#model.firstOutcomes, outcomes);
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
   * Everything: the file recounted from its rows, every payment, and one list walked to its end.
   */
  async everything({ store, path }: Audited, status: string, pageItems: number): Promise<void> {
    same('a recount of the file', [], auditFile(path).faults);
    for (const payment of this.#known.values()) {
      samePayment(payment, await store.findPayment(payment.identity.id as PaymentId));
    }
    const listed: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.listPayments({ limit: pageItems, cursor, statuses: [status] });
      listed.push(...page.items.map((payment) => payment.id));
      cursor = page.next;
    } while (cursor !== null);
    const expected = [...this.#known.values()]
      .filter((payment) => payment.status === status)
      .toSorted((left, right) => right.identity.ordinal - left.identity.ordinal)
      .map((payment) => payment.identity.id);
    same(`the list of ${status}`, expected, listed);
  }

  /** True while nothing that must have fired by now is left. */
  isNothingOverdue(nowMs: number): boolean {
    const { payments } = this.#model;
    return payments.every((payment) => (payment?.timer?.toMs ?? Infinity) > nowMs);
  }

  #bodyInLog(id: string, version: number): string {
    const row = this.#rows()
      .prepare('select payment from events where payment_id = ? and payment_sequence = ?')
      .get(id, version);
    return String(row?.['payment']);
  }

  #rows(): DatabaseSync {
    if (this.#reader === null) throw new Error('no file is looked at');
    return this.#reader;
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
    method: 'account',
    card: null,
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
    risk: null,
    metadata: asked.metadata,
  };
}

function samePayment(expected: ModelPayment, actual: Payment | null): void {
  if (actual === null) return disagree('a payment', expected, null);
  const { type: _, ...asked } = expected.asked;
  const { ordinal, id } = expected.identity;
  const { version, status, failureReason, attempts, capturedMinor, createdAtMs, updatedAtMs } =
    expected;
  const refunds = expected.refunds.map(({ amountMinor, reason, atMs, id: refundId }) => {
    return { id: refundId, paymentId: id, amountMinor, reason, createdAtMs: atMs };
  });
  const state = {
    version,
    status,
    failureReason,
    attempts,
    capturedMinor,
    createdAtMs,
    updatedAtMs,
  };
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
