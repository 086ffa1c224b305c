/** The pages there are, in the order of the rail. */
import { CreditCard, Gauge, ListOrdered, type LucideIcon } from 'lucide-react';

export interface PageLink {
  readonly to: '/' | '/payments' | '/card-lab';
  readonly name: string;
  /** Follows `g`. */
  readonly key: string;
  readonly Icon: LucideIcon;
}

export const PAGES: readonly PageLink[] = [
  { to: '/', name: 'Overview', key: 'o', Icon: Gauge },
  { to: '/payments', name: 'Payments', key: 'p', Icon: ListOrdered },
  { to: '/card-lab', name: 'Card lab', key: 'c', Icon: CreditCard },
];
