/** A payment was changed by what somebody did here: it is shown at once, and what depends on it is read anew. */
import type { Payment } from '@farthing/sdk';
import { ledgerQuery, paymentQuery, queryClient, timelineQuery } from '../service/queries.ts';
import { announce } from '../shared/notice.tsx';

export async function showChanged(payment: Payment, what: string): Promise<void> {
  const { payment_id: id } = payment;
  announce(what);
  queryClient.setQueryData(paymentQuery(id).queryKey, payment);
  for (const { queryKey } of [timelineQuery(id), ledgerQuery(id)]) {
    await queryClient.invalidateQueries({ queryKey });
  }
}
