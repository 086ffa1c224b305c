/** Reading payments by their ids. */
import type { PaymentId } from '../../../core/ids.ts';
import type { Payment, Refund } from '../../../core/payment.ts';
import { integer, paymentFrom, refundFrom, type Row, text } from '../rows.ts';
import type { Queries } from './connection.ts';

/** Locks payments that are to be changed, in the order of their ids, so that two batches never wait for each other. */
export async function lockPayments(ids: readonly PaymentId[], queries: Queries): Promise<void> {
  await queries.rows(
    'lock_payments',
    'select 1 from payments where payment_id = any($1) order by payment_id for update',
    [ids],
  );
}

/** Those that there are, and the writer that changed each last. */
export async function paymentsByIds(
  ids: readonly PaymentId[],
  queries: Queries,
): Promise<{ payment: Payment; writerNo: number }[]> {
  const rows = await queries.rows('payments', 'select * from payments where payment_id = any($1)', [
    ids,
  ]);
  const payments = await withRefunds(rows, queries);
  return payments.map((payment, index) => ({
    payment,
    writerNo: integer(rows[index] ?? {}, 'writer_no'),
  }));
}

/** The payments of these rows, in their order. */
export async function withRefunds(rows: readonly Row[], queries: Queries): Promise<Payment[]> {
  const refunded = rows.filter((row) => row['refunded_minor'] !== 0);
  const refunds = new Map<string, Refund[]>();
  if (refunded.length > 0) {
    const found = await queries.rows(
      'refunds',
      `select * from refunds where payment_id = any($1) order by created_at_ms, refund_id`,
      [refunded.map((row) => text(row, 'payment_id'))],
    );
    for (const refund of found.map(refundFrom)) {
      const own = refunds.get(refund.paymentId) ?? [];
      refunds.set(refund.paymentId, [...own, refund]);
    }
  }
  return rows.map((row) => paymentFrom(row, refunds.get(text(row, 'payment_id')) ?? []));
}
