/** What the service's terms say, in words. */
import type { LoggedRequest } from '@farthing/sdk';
import { textSearch } from '../shared/text-search.ts';

type Verdict = NonNullable<LoggedRequest['idempotency']>['verdict'];

export const VERDICTS: Readonly<Record<Verdict, { word: string; meaning: string }>> = {
  new: {
    word: 'New key',
    meaning: 'Nothing was kept under its Idempotency-Key: it was carried out.',
  },
  replayed: {
    word: 'Replayed',
    meaning:
      'Its Idempotency-Key had been used for the same request: nothing was done again, the answer of then was sent.',
  },
  mismatch: {
    word: 'Key reused',
    meaning: 'Its Idempotency-Key had been used for another request: it was refused.',
  },
  waiting: {
    word: 'Key in use',
    meaning:
      'Its Idempotency-Key was in use: the first request with it was still being carried out.',
  },
  unused: {
    word: 'Not used',
    meaning: 'It came with an Idempotency-Key that was not looked at.',
  },
};

/** As it was asked, with what is behind the question mark. */
export function addressOf({ path, query }: Pick<LoggedRequest, 'path' | 'query'>): string {
  return query === null ? path : `${path}?${query}`;
}

const NAMES = { method: 'Method', status: 'Status', path: 'Path' } as const;

type FilterName = keyof typeof NAMES;

const FILTER_NAMES: readonly FilterName[] = ['method', 'status', 'path'];

/** As it stands in the URL; `open` is the request that is open beside the list. */
export type RequestSearch = { readonly [Each in FilterName | 'open']?: string };

/** The filters alone, without what is open. */
export const filtersIn: (search: RequestSearch) => Omit<RequestSearch, 'open'> = textSearch(
  ...FILTER_NAMES,
);

/** Which filters are set, in words, and the same list without each. */
export function activeFilters(search: RequestSearch) {
  return FILTER_NAMES.flatMap((name) => {
    const { [name]: value, ...others } = filtersIn(search);
    return value === undefined ? [] : [{ words: `${NAMES[name]}: ${value}`, others }];
  });
}
