/**
 * The payments decided last, as they stand on disk or are on their way there: most commands are about one of them (its
 * timers, a retry, a refund), and every commit empties the page cache of the connection that would read it. When a
 * batch fails, all of them are forgotten.
 */
import type { PaymentId } from '../../../core/ids.ts';
import type { Payment } from '../../../core/payment.ts';

/** Of each generation: payments in progress at 10,000 a second and the default delay; about 2 KiB each. */
const GENERATION_MAX = 4_096;

export interface RecentPayments {
  find(id: PaymentId): Payment | null;
  keep(payment: Payment): void;
  clear(): void;
}

/** Two generations: a full young one becomes the old one, whose predecessor goes. */
export function recentPayments(): RecentPayments {
  let young = new Map<PaymentId, Payment>();
  let old = new Map<PaymentId, Payment>();
  return {
    find: (id) => young.get(id) ?? old.get(id) ?? null,
    keep(payment) {
      if (young.size >= GENERATION_MAX) {
        old = young;
        young = new Map();
      }
      young.set(payment.id, payment);
    },
    clear() {
      young = new Map();
      old = new Map();
    },
  };
}
