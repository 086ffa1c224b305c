/** What customers do after their payments came out: kept in memory until it is due, and given up when it cannot be done. */
import { isRetryable } from '../../core/failures.ts';
import type { PaymentId } from '../../core/ids.ts';
import { isSettled, type Payment } from '../../core/payment.ts';
import type { Store } from '../ports.ts';
import type { FollowUp, TrafficRequest } from './ports.ts';

interface Pending {
  readonly paymentId: PaymentId;
  readonly kind: FollowUp['kind'];
  readonly body: string;
  readonly dueMs: number;
}

export interface DueFollowUp {
  readonly kind: FollowUp['kind'];
  readonly request: TrafficRequest;
}

/** Far more than a run at the highest rate has waiting; beyond it customers do nothing more. */
const PENDING_MAX = 10_000;

/** A payment that is still under way when its follow-up is due is looked at again after this. */
const AGAIN_MS = 1_000;

/** Looked at together: each costs a read. */
const DUE_MAX = 64;

export class FollowUps {
  #pending: Pending[] = [];
  #nextMs = Infinity;

  /** `sinceMs`: when the payment was due. */
  add(paymentId: PaymentId, { kind, body, afterMs }: FollowUp, sinceMs: number): void {
    if (this.#pending.length >= PENDING_MAX) return;
    this.#put({ paymentId, kind, body, dueMs: sinceMs + afterMs });
  }

  /** Takes out what is due by now; gives what can be done of it. */
  async due(elapsedMs: number, store: Pick<Store, 'findPayment'>): Promise<readonly DueFollowUp[]> {
    if (elapsedMs < this.#nextMs) return [];
    const due = this.#pending.filter(({ dueMs }) => dueMs <= elapsedMs).slice(0, DUE_MAX);
    const taken = new Set(due);
    this.#pending = this.#pending.filter((one) => !taken.has(one));
    this.#nextMs = this.#pending.reduce((least, { dueMs }) => Math.min(least, dueMs), Infinity);
    const possible: DueFollowUp[] = [];
    for (const one of due) {
      const payment = await store.findPayment(one.paymentId);
      if (payment === null) continue;
      const { kind, body } = one;
      if (!isSettled(payment.status)) this.#put({ ...one, dueMs: elapsedMs + AGAIN_MS });
      else if (isPossible(kind, payment)) {
        possible.push({ kind, request: { path: `/payments/${payment.id}/${kind}`, body } });
      }
    }
    return possible;
  }

  #put(one: Pending): void {
    this.#pending.push(one);
    this.#nextMs = Math.min(this.#nextMs, one.dueMs);
  }
}

function isPossible(kind: FollowUp['kind'], { status, failureReason }: Payment): boolean {
  if (kind === 'refund') return status === 'SUCCESS';
  return status === 'FAILED' && failureReason !== null && isRetryable(failureReason);
}
