/**
 * What happens in a simulation, drawn from one seed: commands of every kind and amount, the same
 * keys again with the same request and with another, a network that changes, time that stands, runs
 * and leaps, and now and then a new beginning. How the commands are cut into batches and when the
 * store is opened anew is drawn elsewhere (simulator.ts): the history must not depend on it.
 */
import type { Chance } from '../support/chance.ts';
import { wireNumber } from './decimal.ts';
import {
  type Ask,
  type ControlAsk,
  isRetryableReason,
  type Key,
  type Model,
  refundedOf,
} from './model.ts';
import { authorizeCommand, createCommand, modelScore, otherCard } from './payments.ts';
import { rulesAsk, simulationPatch } from './network.ts';

export type Step =
  | { readonly kind: 'asks'; readonly asks: readonly Ask[] }
  | { readonly kind: 'advance'; readonly ms: number }
  /**
   * What is due fires; every `twiceEvery`-th timer twice, as after a crash between commit and hint;
   * 0 for none.
   */
  | { readonly kind: 'timers'; readonly twiceEvery: number }
  /** The caller who waits under this key has waited long enough. */
  | { readonly kind: 'end_wait'; readonly keyName: string }
  /** Everything comes to rest, then so much time passes that every key is forgotten. */
  | { readonly kind: 'month' };

type PaymentAsk = Exclude<Ask, { kind: 'timer' } | ControlAsk>;
type KeyedAsk = PaymentAsk & { readonly key: Key };

const KEYS_REMEMBERED = 200;

const KINDS = ['create', 'create', 'authorize', 'authorize', 'refund', 'refund', 'retry'] as const;

export class Workload {
  readonly #chance: Chance;
  readonly #model: Model;
  readonly #keyed: KeyedAsk[] = [];
  #keys = 0;

  constructor(chance: Chance, model: Model) {
    this.#chance = chance;
    this.#model = model;
  }

  next(): Step {
    const chance = this.#chance;
    const drawn = chance.fraction();
    if (drawn < 0.6) return { kind: 'asks', asks: this.#group() };
    if (drawn < 0.78)
      return { kind: 'advance', ms: chance.pick([0, 1, 7, 100, 550, 1_000, 60_000]) };
    if (drawn < 0.96) return { kind: 'timers', twiceEvery: chance.pick([0, 0, 1, 3]) };
    if (drawn < 0.994) return this.#endOfAWait();
    if (drawn < 0.998) return this.#manyRefunds();
    return { kind: 'month' };
  }

  /** Commands that arrive in one turn: mostly a few, now and then more than one batch takes. */
  #group(): Ask[] {
    const chance = this.#chance;
    const size = chance.happens(0.98) ? chance.int(1, 6) : chance.int(40, 300);
    const asks = Array.from({ length: size }, () => this.#ask());
    return chance.happens(0.003) ? this.#withReset(asks) : asks;
  }

  /** Somewhere among them; behind it, only what names no payment: those that are known now will be gone. */
  #withReset(asks: readonly Ask[]): Ask[] {
    const place = this.#chance.int(0, asks.length);
    const after = asks
      .slice(place)
      .filter(({ kind }) => kind !== 'refund' && kind !== 'retry' && kind !== 'timer');
    return [...asks.slice(0, place), { kind: 'reset', key: null }, ...after];
  }

  #ask(): Ask {
    const chance = this.#chance;
    if (chance.happens(0.03)) return this.#control();
    const repeatable = this.#keyed.length > 0;
    if (repeatable && chance.happens(0.15)) return this.#again(chance.pick(this.#keyed));
    const kind = chance.pick(KINDS);
    const key = chance.happens(0.4) ? this.#freshKey() : null;
    const ask = this.#askOf(kind, key);
    if (ask.key !== null) this.#remember(ask as KeyedAsk);
    return ask;
  }

  /** For good or for a time; most of what is bad for business passes. */
  #control(): ControlAsk {
    const chance = this.#chance;
    if (chance.happens(0.15)) return rulesAsk(chance);
    const expiresInMs = chance.pick([null, null, 1, 550, 60_000, 60_000, 3_600_000]);
    return { kind: 'change', patch: simulationPatch(chance, expiresInMs), expiresInMs, key: null };
  }

  #askOf(kind: PaymentAsk['kind'], key: Key | null): PaymentAsk {
    const chance = this.#chance;
    if (kind === 'create') return { kind, command: createCommand(chance), key };
    if (kind === 'authorize') return { kind, command: authorizeCommand(chance), key };
    if (kind === 'retry') {
      const card = chance.happens(0.5) ? otherCard(chance) : null;
      // Half of the time one that was retried before: the limit is to be reached, too.
      const target = chance.happens(0.5)
        ? this.#retriedBefore(card !== null)
        : this.#target('FAILED');
      return { kind, target, card, modelScore: card === null ? null : modelScore(chance), key };
    }
    const target = this.#target('SUCCESS');
    const reason = chance.pick([null, 'broken', 'zu spät', '']);
    return { kind, target, amount: this.#refundAmount(target), reason, key };
  }

  /** More refunds of one payment than it takes. */
  #manyRefunds(): Step {
    const target = this.#target('SUCCESS');
    const asks = Array.from({ length: 60 }, (): Ask => {
      return { kind: 'refund', target, amount: '1', reason: null, key: null };
    });
    return { kind: 'asks', asks };
  }

  /** Mostly one in the state that the command needs, now and then any, or none at all (0). */
  #target(status: string): number {
    const chance = this.#chance;
    const last = this.#model.payments.length - 1;
    if (last === 0 || chance.happens(0.02)) return 0;
    // Few to choose from, so that the same payment is refunded and retried again and again.
    for (let look = 0; look < 20; look += 1) {
      const ordinal = chance.int(Math.max(1, last - 25), last);
      if (this.#model.must(ordinal).status === status) return ordinal;
    }
    return chance.int(1, last);
  }

  #retriedBefore(hasOtherCard: boolean): number {
    const { payments } = this.#model;
    const found = payments.findLast(
      (payment) =>
        payment?.status === 'FAILED' &&
        payment.attempts > 1 &&
        (!hasOtherCard || payment.asked.card !== null) &&
        isRetryableReason(payment.failureReason, hasOtherCard),
    );
    return found?.identity.ordinal ?? this.#target('FAILED');
  }

  #refundAmount(target: number): string | null {
    const chance = this.#chance;
    const payment = this.#model.payments[target];
    if (payment === undefined || chance.happens(0.1)) return null;
    const digits = payment.asked.currency.minorDigits;
    const left = payment.capturedMinor - refundedOf(payment);
    const some = (minor: bigint) => String(wireNumber(minor, digits));
    return chance.pick([
      some(left),
      some(left + 1n),
      some(left / 2n),
      some(1n),
      some(1n),
      `${some(left / 3n)}e0`,
      '1E0',
      '10e-1',
      '0',
      '-0.0',
      '-1',
      '0.00001',
      '1.000000',
      '999999999999999999999',
      '1e400',
      '1e-400',
      '-1e400',
    ]);
  }

  #freshKey(): Key {
    this.#keys += 1;
    return {
      name: `k${this.#keys}`,
      fingerprint: `f${this.#keys}`,
      waits: this.#chance.happens(0.4),
    };
  }

  #remember(ask: KeyedAsk): void {
    this.#keyed.push(ask);
    if (this.#keyed.length > KEYS_REMEMBERED) this.#keyed.shift();
  }

  /** The same request under its key, or, which must be refused, another one. */
  #again(ask: KeyedAsk): Ask {
    if (this.#chance.happens(0.8)) return this.#ofToday(ask);
    const key = { ...ask.key, fingerprint: `not ${ask.key.fingerprint}` };
    return this.#askOf(ask.kind, key);
  }

  /** What was asked about a payment that a reset has taken out is about nobody now, whoever comes to its place. */
  #ofToday(ask: KeyedAsk): Ask {
    if (ask.kind === 'create' || ask.kind === 'authorize') return ask;
    return this.#model.payments[ask.target] === undefined ? { ...ask, target: 0 } : ask;
  }

  #endOfAWait(): Step {
    const waiting = [...this.#model.keys].filter(([, row]) => row.waitsFor !== 0);
    if (waiting.length === 0) return { kind: 'advance', ms: 1 };
    return { kind: 'end_wait', keyName: this.#chance.pick(waiting)[0] };
  }
}
