/** Makes a payment, and shows it at once: what becomes of it comes by the live feed. */
import type { PaymentRequest } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { service } from '../service/client.ts';
import { paymentQuery, queryClient, summaryQuery } from '../service/queries.ts';
import { announce } from '../shared/notice.tsx';
import { shortId } from '../shared/status.tsx';

export function useNewPayment() {
  return useMutation({
    mutationFn: (request: PaymentRequest) => service().payments.create(request),
    onSuccess: async (payment) => {
      announce(`Payment …${shortId(payment.payment_id)} created`);
      queryClient.setQueryData(paymentQuery(payment.payment_id).queryKey, payment);
      await queryClient.invalidateQueries({ queryKey: summaryQuery.queryKey });
    },
  });
}
