/** A filter in words, for its chip. */
import type { PaymentSearch } from '../shared/payment-search.ts';
import { reasonWords } from '../shared/status.tsx';

const NAMES: Readonly<Record<keyof PaymentSearch, string>> = {
  status: 'Status',
  failure_reason: 'Reason',
  currency: 'Currency',
  method: 'Method',
  q: 'Search',
  stuck: 'Stuck',
  open: 'Open',
};

export function filterWords(name: keyof PaymentSearch, value: string): string {
  if (name === 'stuck') return 'Without outcome for a minute';
  const isCode = name === 'status' || name === 'failure_reason' || name === 'method';
  const words = isCode ? value.split(',').map(reasonWords).join(' or ') : value;
  return `${NAMES[name]}: ${words}`;
}
