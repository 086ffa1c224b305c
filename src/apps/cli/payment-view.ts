/** A payment, and a page of them, for people. */
import {
  type Cell,
  type Column,
  isTerminal,
  printable,
  printFields,
  printTable,
  styled,
} from './output.ts';
import type { WirePayment, WireRefund } from './wire.ts';
import { age, amountText, statusStyle } from './wording.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PAYMENT' },
  { title: 'AMOUNT', align: 'right' },
  { title: 'STATUS' },
  { title: 'REASON' },
  { title: 'CREATED' },
  { title: 'RECIPIENT', isCut: true },
];

export function printPayment(payment: WirePayment): void {
  const { id, status, currency, createdAt, updatedAt } = payment;
  printFields([
    ['Payment', printable(id)],
    ['Status', styled(statusStyle(status), printable(status))],
    ['Reason', reasonText(payment)],
    ['Amount', amountText(payment.amount, currency)],
    [
      'Refunded',
      payment.amountRefunded === 0 ? null : amountText(payment.amountRefunded, currency),
    ],
    ...payment.refunds.map((refund) => ['', refundText(refund, currency)] as const),
    ['Recipient', printableOrNull(payment.recipient)],
    ['Description', printableOrNull(payment.description)],
    ['Reference', printableOrNull(payment.reference)],
    ...Object.entries(payment.metadata).map(
      ([key, value], index) =>
        [index === 0 ? 'Metadata' : '', printable(`${key}=${String(value)}`)] as const,
    ),
    ['Attempts', payment.attempts > 1 ? String(payment.attempts) : null],
    ['Created', createdAt],
    ['Updated', updatedAt === createdAt ? null : updatedAt],
  ]);
}

/** Ages in a terminal, exact times in a pipe. */
export function printPayments(payments: readonly WirePayment[], nowMs: number): void {
  const created = (time: string) => (isTerminal() ? age(time, nowMs) : time);
  const rows = payments.map((payment): Cell[] => [
    { text: printable(payment.id) },
    { text: amountText(payment.amount, payment.currency) },
    cell(printable(payment.status), statusStyle(payment.status)),
    { text: printable(payment.failureReason ?? '') },
    { text: created(payment.createdAt) },
    { text: printable(payment.recipient ?? '') },
  ]);
  const hasReasons = payments.some(({ failureReason }) => failureReason !== null);
  const isShown = (_: unknown, index: number) => hasReasons || COLUMNS[index]?.title !== 'REASON';
  printTable(
    COLUMNS.filter(isShown),
    rows.map((cells) => cells.filter(isShown)),
  );
}

function cell(text: string, style: Cell['style']): Cell {
  return style === undefined ? { text } : { text, style };
}

function reasonText({ failureReason, declineMessage, isRetryable }: WirePayment): string | null {
  if (failureReason === null) return null;
  const again = isRetryable ? ' It may be retried.' : '';
  return printable(`${failureReason}: ${declineMessage ?? ''}${again}`);
}

function refundText(
  { id, amount, reason, createdAt }: WireRefund,
  currency: string | null,
): string {
  return `${amountText(amount, currency)}  ${createdAt}  ${printable(`${id}  ${reason ?? ''}`)}`.trimEnd();
}

function printableOrNull(text: string | null): string | null {
  return text === null ? null : printable(text);
}
