/** Reading payments by their ids. */
import type { PaymentId } from '../../../core/ids.ts';
import type { Payment, Refund } from '../../../core/payment.ts';
import { integer, paymentFrom, refundFrom, type Row, text } from '../rows.ts';
import type { Queries } from './connection.ts';

/** A payment, and the writer that changed it last. */
export interface ChangedPayment {
  readonly payment: Payment;
  readonly writerNo: number;
}

/**
 * Locks payments that are to be changed, in the order in which statements change them, so that two batches never wait for
 * each other; gives those that there are, as they are once they are locked.
 */
export async function lockPayments(
  ids: readonly PaymentId[],
  queries: Queries,
): Promise<ChangedPayment[]> {
  const [rows, refunds] = await Promise.all([
    queries.rows(
      'lock_payments',
      'select * from payments where payment_id = any($1) order by ordinal for update',
      [ids],
    ),
    readRefunds(ids, queries),
  ]);
  return rows.map((row) => changedPayment(row, refunds));
}

/** Those that there are. */
export async function paymentsByIds(
  ids: readonly PaymentId[],
  queries: Queries,
): Promise<ChangedPayment[]> {
  const rows = await queries.rows('payments', 'select * from payments where payment_id = any($1)', [
    ids,
  ]);
  const refunds = await refundsOf(rows, queries);
  return rows.map((row) => changedPayment(row, refunds));
}

/** The payments of these rows, in their order. */
export async function withRefunds(rows: readonly Row[], queries: Queries): Promise<Payment[]> {
  const refunds = await refundsOf(rows, queries);
  return rows.map((row) => changedPayment(row, refunds).payment);
}

type Refunds = ReadonlyMap<string, readonly Refund[]>;

function changedPayment(row: Row, refunds: Refunds): ChangedPayment {
  const payment = paymentFrom(row, refunds.get(text(row, 'payment_id')) ?? []);
  return { payment, writerNo: integer(row, 'writer_no') };
}

async function refundsOf(rows: readonly Row[], queries: Queries): Promise<Refunds> {
  const refunded = rows.filter((row) => row['refunded_minor'] !== 0);
  if (refunded.length === 0) return new Map();
  return readRefunds(
    refunded.map((row) => text(row, 'payment_id')),
    queries,
  );
}

async function readRefunds(ids: readonly string[], queries: Queries): Promise<Refunds> {
  const refunds = new Map<string, Refund[]>();
  const rows = await queries.rows(
    'refunds',
    `select * from refunds where payment_id = any($1) order by created_at_ms, refund_id`,
    [ids],
  );
  for (const refund of rows.map(refundFrom)) {
    const own = refunds.get(refund.paymentId);
    if (own === undefined) refunds.set(refund.paymentId, [refund]);
    else own.push(refund);
  }
  return refunds;
}
