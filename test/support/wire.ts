/** A payment as a client sees it: the fields that the tests look at. */
export interface WirePayment {
  readonly payment_id: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string | null;
  readonly recipient: string | null;
  readonly description: string | null;
  readonly reference: string | null;
  readonly channel: string | null;
  readonly device_id: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly failure_reason: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  readonly refunds: readonly { readonly refund_id: string; readonly reason: string | null }[];
  readonly attempts: number;
  readonly retryable: boolean;
}

export interface WirePage<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

export function wirePayment(text: string): WirePayment {
  return JSON.parse(text) as WirePayment;
}

/** True while a payment has no outcome yet. */
export function isUnderWay({ status }: WirePayment): boolean {
  return status === 'CREATED' || status === 'PROCESSING';
}

/**
 * How many events brought a payment to where it is: made, each attempt begun, each one ended, each
 * refund.
 */
export function eventsBehind(payment: WirePayment): number {
  const { attempts, status, refunds } = payment;
  const ended = status === 'PROCESSING' ? attempts - 1 : attempts;
  return 1 + attempts + ended + refunds.length;
}

/** What never changes in a payment's life. */
const LASTING_FIELDS = [
  'payment_id',
  'amount',
  'currency',
  'recipient',
  'description',
  'reference',
  'channel',
  'device_id',
  'metadata',
  'created_at',
] as const;

/**
 * What shows that `now` is not a later state of the payment that was once `seen`; null when it is.
 */
export function stepBack(seen: WirePayment, now: WirePayment): string | null {
  for (const field of LASTING_FIELDS) {
    const [before, after] = [JSON.stringify(seen[field]), JSON.stringify(now[field])];
    if (before !== after) return `${field} was ${before} and is ${after}`;
  }
  if (eventsBehind(now) < eventsBehind(seen)) {
    return `it had ${eventsBehind(seen)} events and has ${eventsBehind(now)}`;
  }
  const kept = JSON.stringify(now.refunds.slice(0, seen.refunds.length));
  if (kept !== JSON.stringify(seen.refunds)) return 'a refund that was answered is gone';
  if (eventsBehind(now) === eventsBehind(seen) && JSON.stringify(now) !== JSON.stringify(seen)) {
    return 'it changed without an event';
  }
  const isSettledForGood = seen.status === 'SUCCESS' || seen.status === 'REFUNDED';
  if (isSettledForGood && now.attempts !== seen.attempts)
    return 'it was attempted again after its success';
  return null;
}
