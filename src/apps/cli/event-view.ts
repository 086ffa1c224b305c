/** One line for an event of the log. */
import { isTerminal, printable, styled } from './output.ts';
import type { WireEvent, WirePayment } from './wire.ts';
import { amountText, statusStyle } from './wording.ts';

/** The longest type there is, and the longest amount that is not rare. */
export const TYPE_COLUMNS = 26;
const AMOUNT_COLUMNS = 14;

/** An id, and as much room where there is none. */
export const PAYMENT_COLUMNS = 36;

/** Fixed columns: when, what, which payment, how much, and why if it failed. The time of day will do for people. */
export function eventLine({ type, createdAt, payment }: WireEvent): string {
  const time = styled('dim', printable(isTerminal() ? createdAt.slice(11, 23) : createdAt));
  if (payment === null) return `${time}  ${printable(type)}`;
  return [
    time,
    styled(statusStyle(payment.status), printable(type).padEnd(TYPE_COLUMNS)),
    printable(payment.id),
    amountText(amountMoved(type, payment), payment.currency).padStart(AMOUNT_COLUMNS),
    printable(payment.failureReason ?? ''),
  ]
    .join('  ')
    .trimEnd();
}

/** A refund is about its own amount, everything else about the payment's. */
function amountMoved(type: string, { amount, refunds }: WirePayment): number {
  return type.endsWith('refunded') ? (refunds.at(-1)?.amount ?? amount) : amount;
}
