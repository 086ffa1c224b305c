/** The filters that are set, in words, for their chips; each with the list as it is without it. */
import type { PaymentSearch } from '../shared/payment-search.ts';
import { reasonWords } from '../shared/status.tsx';
import { RANGES, withoutZoom, zoomWords } from '../shared/time-range.ts';

export interface SetFilter {
  readonly words: string;
  readonly others: PaymentSearch;
}

type Texts = Omit<PaymentSearch, 'range' | 'from' | 'to' | 'open'>;

const WORDS: Readonly<Record<keyof Texts, (value: string) => string>> = {
  status: (value) => `Status: ${codeWords(value)}`,
  failure_reason: (value) => `Reason: ${codeWords(value)}`,
  currency: (value) => `Currency: ${value}`,
  method: (value) => `Method: ${codeWords(value)}`,
  min: (value) => `At least ${value}`,
  max: (value) => `At most ${value}`,
  reference: (value) => `Reference: ${value}`,
  q: (value) => `Search: ${value}`,
  stuck: () => 'Without outcome for a minute',
};

/** What is open beside the list is no filter. */
export function setFilters(search: PaymentSearch): readonly SetFilter[] {
  const filters = without(search, 'open');
  const time = timeFilter(filters);
  const others = (Object.keys(WORDS) as (keyof Texts)[]).flatMap((name) => {
    const value = filters[name];
    return value === undefined
      ? []
      : [{ words: WORDS[name](value), others: without(filters, name) }];
  });
  return time === null ? others : [time, ...others];
}

export function without(
  search: PaymentSearch,
  ...names: readonly (keyof PaymentSearch)[]
): PaymentSearch {
  const left = Object.entries(search).filter(([name]) => names.every((other) => other !== name));
  return Object.fromEntries(left);
}

/** A zoom leads back to the range it was made from. */
function timeFilter(search: PaymentSearch): SetFilter | null {
  const { range: name, from, to, ...others } = search;
  if (from !== undefined && to !== undefined) {
    return {
      words: `Made ${zoomWords(from, to)}`,
      others: { ...others, ...withoutZoom(search) },
    };
  }
  const range = RANGES.find((one) => one.name === name);
  return range === undefined ? null : { words: `Made in ${range.words}`, others };
}

function codeWords(value: string): string {
  return value.split(',').map(reasonWords).join(' or ');
}
