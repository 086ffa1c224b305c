/** The filters of the list of payments as they stand in the URL. */
import { textSearch } from './text-search.ts';
import { type RangeSearch, readRange } from './time-range.ts';

/** The time range is that of when payments were made. */
export interface PaymentSearch extends RangeSearch {
  /** Joined by commas. */
  readonly status?: string;
  readonly failure_reason?: string;
  readonly currency?: string;
  readonly method?: string;
  /** Amounts in major units, both included. */
  readonly min?: string;
  readonly max?: string;
  /** The whole of it. */
  readonly reference?: string;
  /** An id, the last four digits of a card, or the beginning of a recipient. */
  readonly q?: string;
  /** Only those that have been without an outcome for longer than they should. */
  readonly stuck?: string;
  /** The payment that is open beside the list. */
  readonly open?: string;
}

const readTexts = textSearch(
  'status',
  'failure_reason',
  'currency',
  'method',
  'min',
  'max',
  'reference',
  'q',
  'stuck',
  'open',
);

export function readPaymentSearch(search: Readonly<Record<string, unknown>>): PaymentSearch {
  return { ...readTexts(search), ...readRange(search) };
}
