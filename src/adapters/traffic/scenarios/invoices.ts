/** Payments from accounts; whoever fails for no fault of their own mostly tries again. */
import type { Draft, DraftMoment } from '../draft.ts';
import { payeeAddress } from '../payees.ts';
import { shopPriceText } from '../prices.ts';
import { CURRENCIES } from '../shoppers.ts';

/** Bills are larger than purchases, and further apart. */
const BILLS = { level: 4, spread: 0.9 };
const REFERENCE_SHARE = 0.4;
const RETRY_SHARE = 0.6;
const RETRY_AFTER_MS = { from: 1_000, to: 5_000 };

export function invoice({ chance, index }: DraftMoment): Draft {
  const currency = chance.byShare(CURRENCIES).code;
  const number = 1_000 + index;
  const fields = {
    amount: Number(shopPriceText(chance, { ...BILLS, currency })),
    currency,
    recipient: payeeAddress(chance),
    description: `Invoice #${number}`,
    reference: chance.happens(REFERENCE_SHARE) ? `inv-${number}` : undefined,
  };
  const isRetried = chance.happens(RETRY_SHARE);
  const afterMs = chance.between(RETRY_AFTER_MS.from, RETRY_AFTER_MS.to);
  return {
    path: '/payments',
    fields,
    followUp: isRetried ? { kind: 'retry', afterMs, body: '' } : null,
  };
}
