/** Views that are one press away, filters to add, and chips of those that are set: all of it is in the URL. */
import { Link, useNavigate } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { Button } from '../shared/button.tsx';
import { textIn } from '../shared/form-text.ts';
import { FILTER_CONTROL, FilterChips, FilterPicker } from '../shared/list/filter-controls.tsx';
import type { PaymentSearch } from '../shared/payment-search.ts';
import { reasonWords, STATUS_LOOKS, STATUSES } from '../shared/status.tsx';
import { readRange } from '../shared/time-range.ts';
import { FAILURE_REASONS } from './failure-reasons.ts';
import { setFilters, without } from './filter-words.ts';

const VIEWS: readonly { readonly name: string; readonly search: PaymentSearch }[] = [
  { name: 'All', search: {} },
  { name: 'Failed', search: { status: 'FAILED' } },
  { name: 'Suspected fraud', search: { failure_reason: 'FRAUD_SUSPECTED' } },
  { name: 'Refunded', search: { status: 'REFUNDED' } },
  { name: 'Stuck', search: { stuck: 'yes' } },
];

export function FilterBar({ search }: { search: PaymentSearch }) {
  const filters = without(search, 'open');
  // The time goes along from view to view.
  const range = readRange({ ...filters });
  const chosen = without(filters, ...(Object.keys(range) as (keyof PaymentSearch)[]));
  return (
    <div className="flex flex-col gap-2">
      <nav aria-label="Views" className="flex flex-wrap gap-1">
        {VIEWS.map(({ name, search: view }) => {
          const isCurrent = JSON.stringify(view) === JSON.stringify(chosen);
          return (
            <Link
              key={name}
              to="/payments"
              search={{ ...view, ...range }}
              activeOptions={{ exact: true }}
              aria-current={isCurrent ? 'page' : undefined}
              className={`rounded-full border px-3 py-1 ${isCurrent ? 'border-accent bg-accent font-medium text-accent-ink' : 'border-line-strong bg-panel hover:bg-sunken'}`}
            >
              {name}
            </Link>
          );
        })}
      </nav>
      <FilterControls search={filters} />
      <FilterChips
        chips={setFilters(filters).map(({ words, others }) => ({
          words,
          without: { to: '/payments', search: others },
        }))}
      />
    </div>
  );
}

/** Checked by the browser, which says at the field what is wrong with it. */
const AMOUNT = {
  inputMode: 'decimal',
  pattern: String.raw`\d{1,12}(\.\d{1,4})?`,
  title: 'An amount in major units, such as 12.50',
} as const;

const TEXTS = [
  { name: 'currency', label: 'Currency', placeholder: 'Any currency', maxLength: 3 },
  { name: 'min', label: 'Amount from', placeholder: 'Amount from', ...AMOUNT },
  { name: 'max', label: 'Amount to', placeholder: 'Amount to', ...AMOUNT },
  { name: 'reference', label: 'Reference', placeholder: 'Any reference', maxLength: 255 },
] as const;

function FilterControls({ search }: { search: PaymentSearch }) {
  const navigate = useNavigate();
  const set = (change: PaymentSearch) =>
    void navigate({ to: '/payments', search: { ...search, ...change } });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [currency = '', min = '', max = '', reference = ''] = TEXTS.map(({ name }) =>
      textIn(form, name),
    );
    set({ currency: currency.toUpperCase(), min, max, reference });
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-wrap gap-2">
      <FilterPicker
        label="Any status"
        value={search.status ?? ''}
        options={STATUSES.map((status) => [status, STATUS_LOOKS[status].word])}
        onPick={(status) => set({ status })}
      />
      <FilterPicker
        label="Any reason"
        value={search.failure_reason ?? ''}
        options={FAILURE_REASONS.map((reason) => [reason, reasonWords(reason)])}
        onPick={(reason) => set({ failure_reason: reason })}
      />
      <FilterPicker
        label="Any method"
        value={search.method ?? ''}
        options={[
          ['account', 'Account'],
          ['card', 'Card'],
        ]}
        onPick={(method) => set({ method })}
      />
      {TEXTS.map(({ name, label, ...field }) => (
        <input
          key={`${name} ${search[name] ?? ''}`}
          name={name}
          aria-label={`${label}, then Enter`}
          defaultValue={search[name]}
          autoComplete="off"
          spellCheck={false}
          className={`${FILTER_CONTROL} w-32 px-2`}
          {...field}
        />
      ))}
      {/* For keyboards without Enter; and what submits several fields on it. */}
      <Button type="submit">Filter</Button>
    </form>
  );
}
