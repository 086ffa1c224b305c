/** One line for each event that was forwarded: what it is on the left, what came of it on the right. */
import { PAYMENT_COLUMNS, TYPE_COLUMNS } from '../event-view.ts';
import { printable, styled } from '../output.ts';
import { record, text, type WireEvent } from '../wire.ts';
import { statusStyle } from '../wording.ts';
import type { Forwarded } from './forwarder.ts';

/** Fixed columns: when, what, which payment. */
export function arrivalText({ type, createdAt, payment }: WireEvent, isShort: boolean): string {
  const time = printable(isShort ? createdAt.slice(11, 23) : createdAt);
  const style = payment === null ? undefined : statusStyle(payment.status);
  return [
    styled('dim', time),
    styled(style, printable(type).padEnd(TYPE_COLUMNS)),
    printable(payment?.id ?? '').padEnd(PAYMENT_COLUMNS),
  ].join('  ');
}

/** `→ 200 [12 ms]`, or what went wrong. */
export function resultText({ statusCode, error, durationMs }: Forwarded, isAgain: boolean): string {
  const isWell = statusCode !== null && statusCode >= 200 && statusCode < 300;
  const said = printable(error ?? String(statusCode));
  const again = isAgain ? styled('dim', ' again') : '';
  return `→ ${styled(isWell ? 'green' : 'red', said)} ${styled('dim', `[${durationMs} ms]`)}${again}`;
}

export function resultJson(
  event: WireEvent,
  { statusCode, error, durationMs }: Forwarded,
  isAgain: boolean,
): string {
  return JSON.stringify({
    event_id: text(record(event.raw), 'id'),
    type: event.type,
    payment_id: event.payment?.id ?? null,
    created_at: event.createdAt,
    status_code: statusCode,
    error,
    duration_ms: durationMs,
    again: isAgain,
  });
}
