/** For a place that is empty until there is a payment: a button and a command that make the first. */
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty } from '../shared/waiting.tsx';
import { FIRST_PAYMENT } from './first-payment.ts';
import { useNewPayment } from './use-new-payment.ts';

export function FirstPaymentOffer({ title }: { title: string }) {
  const newPayment = useNewPayment();
  return (
    <Empty title={title}>
      <Button
        look="primary"
        isBlocked={newPayment.isPending}
        onClick={() => newPayment.mutate(FIRST_PAYMENT)}
      >
        Send the first payment
      </Button>
      <div className="w-full max-w-xl text-left">
        <Curl request={{ method: 'POST', path: '/payments', body: FIRST_PAYMENT }} />
        {newPayment.error !== null && <ProblemNote error={newPayment.error} />}
      </div>
    </Empty>
  );
}
