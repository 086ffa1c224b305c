/** No payment at all, or none that meets the filters: each with the way on. */
import { Link } from '@tanstack/react-router';
import { FirstPaymentOffer } from '../new-payment/first-payment-offer.tsx';
import { Panel } from '../shared/panel.tsx';
import { Empty } from '../shared/waiting.tsx';
import type { SetFilter } from './filter-words.ts';

export function EmptyList({ filters }: { filters: readonly SetFilter[] }) {
  if (filters.length > 0) {
    const words = filters.map((filter) => `«${filter.words}»`).join(' and ');
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
      <FirstPaymentOffer title="There are no payments yet" />
    </Panel>
  );
}
