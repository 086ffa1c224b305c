/** One payment, with a page of its own: what a copied link leads to. */
import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { PageTitle } from '../shared/page-title.tsx';
import { Panel } from '../shared/panel.tsx';
import { PaymentDetail } from './payment-detail.tsx';

const route = getRouteApi('/payments/$id');

export function PaymentPage() {
  const { id } = route.useParams();
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-3">
      <Link
        to="/payments"
        className="flex items-center gap-1.5 self-start text-soft hover:text-ink"
      >
        <ArrowLeft size={15} aria-hidden />
        Payments
      </Link>
      <PageTitle isHidden>{`Payment ${id}`}</PageTitle>
      <Panel title="Payment" key={id}>
        <PaymentDetail id={id} />
      </Panel>
    </div>
  );
}
