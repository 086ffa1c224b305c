/** The pages there are, in the order of the rail. */
import {
  CreditCard,
  Gauge,
  ListOrdered,
  type LucideIcon,
  Scale,
  ScrollText,
  Settings,
  SlidersHorizontal,
  Webhook,
} from 'lucide-react';

export interface PageLink {
  readonly to:
    | '/'
    | '/payments'
    | '/card-lab'
    | '/webhooks'
    | '/ledger'
    | '/requests'
    | '/simulator'
    | '/settings';
  readonly name: string;
  /** Follows `g`. */
  readonly key: string;
  readonly Icon: LucideIcon;
}

export const PAGES: readonly PageLink[] = [
  { to: '/', name: 'Overview', key: 'o', Icon: Gauge },
  { to: '/payments', name: 'Payments', key: 'p', Icon: ListOrdered },
  { to: '/card-lab', name: 'Card lab', key: 'c', Icon: CreditCard },
  { to: '/webhooks', name: 'Webhooks', key: 'w', Icon: Webhook },
  { to: '/ledger', name: 'Ledger', key: 'l', Icon: Scale },
  { to: '/requests', name: 'Requests', key: 'r', Icon: ScrollText },
  { to: '/simulator', name: 'Simulator', key: 's', Icon: SlidersHorizontal },
  { to: '/settings', name: 'Settings', key: 'e', Icon: Settings },
];
