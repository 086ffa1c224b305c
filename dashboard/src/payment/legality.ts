/** What may be done with a payment now, and in words why not. The service decides; this says so before it is asked. */
import type { Payment } from '@farthing/sdk';
import { reasonWords, STATUS_LOOKS } from '../shared/status.tsx';

const SPENT = 'It has been tried as often as is allowed.';

/** Null when it may be refunded. */
export function refundRefusal(payment: Payment): string | null {
  if (payment.status === 'SUCCESS') return null;
  if (payment.status === 'REFUNDED') return 'Everything has been given back already.';
  return `Only a payment in Success can be refunded; this one is ${wordOf(payment)}.`;
}

/** Null when it may be tried again. */
export function retryRefusal(payment: Payment): string | null {
  if (payment.retryable) return null;
  if (payment.status !== 'FAILED') {
    return `Only a failed payment can be tried again; this one is ${wordOf(payment)}.`;
  }
  const reason = reasonWords(payment.failure_reason ?? '');
  switch (payment.decline?.retry) {
    case 'never':
      return `${reason} is final: trying again would change nothing.`;
    case 'other_card':
      return `After ${reason.toLowerCase()} it takes another card.`;
    case 'later':
    case undefined:
      return SPENT;
  }
}

/** Null when it may be tried again with another card. `retriesMax` is undefined while nobody knows it. */
export function otherCardRefusal(payment: Payment, retriesMax: number | undefined): string | null {
  if (payment.status !== 'FAILED' || payment.decline?.retry === 'never') {
    return retryRefusal(payment);
  }
  const isSpent = retriesMax !== undefined && payment.attempts > retriesMax;
  return isSpent ? SPENT : null;
}

function wordOf({ status }: Payment): string {
  return STATUS_LOOKS[status].word;
}
