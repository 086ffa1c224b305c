/** Filters of the list to set, and chips of those that are: all of it is in the URL. */
import { useNavigate } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { textIn } from '../shared/form-text.ts';
import { FILTER_CONTROL, FilterChips, FilterPicker } from '../shared/list/filter-controls.tsx';
import { useFieldValue } from '../shared/use-field-value.ts';
import { activeFilters, filtersIn, type RequestSearch } from './request-words.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const STATUSES: readonly (readonly [string, string])[] = [
  ['2xx', '2xx Carried out'],
  ['4xx', '4xx Refused'],
  ['5xx', '5xx Failed'],
  ['none', 'No answer'],
];

export function RequestFilterBar({ search }: { search: RequestSearch }) {
  const navigate = useNavigate();
  const pathField = useFieldValue(search.path ?? '');
  const set = (change: RequestSearch) =>
    void navigate({ to: '/requests', search: { ...filtersIn(search), ...change } });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    set({ path: textIn(new FormData(event.currentTarget), 'path') });
  };
  return (
    <div className="flex flex-col gap-2">
      <form onSubmit={onSubmit} className="flex flex-wrap gap-2">
        <FilterPicker
          label="Any method"
          value={search.method ?? ''}
          options={METHODS.map((method) => [method, method])}
          onPick={(method) => set({ method })}
        />
        <FilterPicker
          label="Any status"
          value={search.status ?? ''}
          options={STATUSES}
          onPick={(status) => set({ status })}
        />
        <input
          ref={pathField}
          name="path"
          aria-label="Path, then Enter"
          placeholder="Any path"
          autoComplete="off"
          spellCheck={false}
          className={`${FILTER_CONTROL} w-44 px-2`}
        />
      </form>
      <FilterChips
        chips={activeFilters(search).map(({ words, others }) => ({
          words,
          without: { to: '/requests', search: others },
        }))}
      />
    </div>
  );
}
