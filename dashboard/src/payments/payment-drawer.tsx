/** A payment beside the list it was opened from; the list stays usable. */
import { getRouteApi, Link } from '@tanstack/react-router';
import { Maximize2 } from 'lucide-react';
import { PaymentDetail } from '../payment/payment-detail.tsx';
import { Drawer } from '../shared/dialog.tsx';
import { useKey } from '../shell/keys.ts';
import { without } from './filter-words.ts';

const route = getRouteApi('/payments');

export function PaymentDrawer({ id }: { id: string }) {
  const navigate = route.useNavigate();
  const close = () => void navigate({ search: (search) => without(search, 'open') });
  useKey('Escape', close);
  return (
    <Drawer
      title="Payment"
      onClose={close}
      aside={
        <Link
          to="/payments/$id"
          params={{ id }}
          aria-label="Open on a page of its own"
          className="flex items-center rounded-md px-2 text-soft hover:bg-sunken hover:text-ink"
        >
          <Maximize2 size={16} aria-hidden />
        </Link>
      }
    >
      <PaymentDetail key={id} id={id} />
    </Drawer>
  );
}
