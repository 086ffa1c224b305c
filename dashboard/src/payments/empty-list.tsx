/** No payment at all, or none that meets the filters: each with the way on. */
import { Link } from '@tanstack/react-router';
import { FIRST_PAYMENT } from '../new-payment/first-payment.ts';
import { useNewPayment } from '../new-payment/use-new-payment.ts';
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { Panel } from '../shared/panel.tsx';
import type { PaymentSearch } from '../shared/payment-search.ts';
import { Empty } from '../shared/waiting.tsx';
import { filterWords } from './filter-words.ts';

export function EmptyList({ filters }: { filters: readonly [keyof PaymentSearch, string][] }) {
  const newPayment = useNewPayment();
  if (filters.length > 0) {
    const words = filters.map(([name, value]) => `«${filterWords(name, value)}»`).join(' and ');
    return (
      <Panel title="List">
        <Empty title={`No payment meets ${words}`}>
          <Link to="/payments" className="text-accent underline">
            Show all payments
          </Link>
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel title="List">
      <Empty title="There are no payments yet">
        <Button
          look="primary"
          isBlocked={newPayment.isPending}
          onClick={() => newPayment.mutate(FIRST_PAYMENT)}
        >
          Send the first payment
        </Button>
        <div className="w-full max-w-xl text-left">
          <Curl request={{ method: 'POST', path: '/payments', body: FIRST_PAYMENT }} />
        </div>
      </Empty>
    </Panel>
  );
}
