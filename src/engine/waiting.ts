/**
 * Waiting for a payment to come to rest (`Prefer: wait`, a second request under a key in use). A hint after a
 * commit ends the wait early; the store has the last word, so a lost hint costs time, never truth.
 */
import type { PaymentId } from '../core/ids.ts';
import { isSettled, type Payment } from '../core/payment.ts';
import type { Engine } from './ports.ts';

/** Resolves with the payment once it is settled, or as it stands after `timeoutMs`; null when it is gone. */
export async function waitUntilSettled(
  engine: Engine,
  id: PaymentId,
  timeoutMs: number,
): Promise<Payment | null> {
  // Subscribed before the first look, so that a commit between the two is not missed.
  const hint = settledHint(engine, id, timeoutMs);
  try {
    const payment = await engine.store.findPayment(id);
    if (payment === null || isSettled(payment.status)) return payment;
    await hint.arrived;
    return await engine.store.findPayment(id);
  } finally {
    hint.cancel();
  }
}

function settledHint(engine: Engine, id: PaymentId, timeoutMs: number) {
  let cancel = () => {};
  const arrived = new Promise<void>((resolve) => {
    const timer = setTimeout(() => cancel(), timeoutMs);
    const unsubscribe = engine.wakeup.onSettled(id, () => cancel());
    cancel = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
  });
  return { arrived, cancel };
}
