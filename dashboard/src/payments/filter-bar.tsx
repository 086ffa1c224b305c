/** Views that are one press away, filters to add, and chips of those that are set: all of it is in the URL. */
import { Link, useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { type SubmitEvent, useId } from 'react';
import { textIn } from '../shared/form-text.ts';
import { activeFilters, type PaymentSearch, withoutFilter } from '../shared/payment-search.ts';
import { reasonWords, STATUS_LOOKS, STATUSES } from '../shared/status.tsx';
import { FAILURE_REASONS } from './failure-reasons.ts';
import { filterWords } from './filter-words.ts';

const VIEWS: readonly { readonly name: string; readonly search: PaymentSearch }[] = [
  { name: 'All', search: {} },
  { name: 'Failed', search: { status: 'FAILED' } },
  { name: 'Suspected fraud', search: { failure_reason: 'FRAUD_SUSPECTED' } },
  { name: 'Refunded', search: { status: 'REFUNDED' } },
  { name: 'Stuck', search: { stuck: 'yes' } },
];

export function FilterBar({ search }: { search: PaymentSearch }) {
  const filters = withoutFilter(search, 'open');
  const active = activeFilters(search);
  return (
    <div className="flex flex-col gap-2">
      <nav aria-label="Views" className="flex flex-wrap gap-1">
        {VIEWS.map(({ name, search: view }) => {
          const isCurrent = JSON.stringify(view) === JSON.stringify(filters);
          return (
            <Link
              key={name}
              to="/payments"
              search={view}
              aria-current={isCurrent ? 'page' : undefined}
              className={`rounded-full border px-3 py-1 ${isCurrent ? 'border-accent bg-accent font-medium text-accent-ink' : 'border-line-strong bg-panel hover:bg-sunken'}`}
            >
              {name}
            </Link>
          );
        })}
      </nav>
      <FilterControls search={filters} />
      {active.length > 0 && (
        <ul aria-label="Filters" className="flex flex-wrap gap-1.5">
          {active.map(([name, value]) => (
            <li key={name}>
              <Chip search={filters} name={name} value={value} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface ChipProps {
  readonly search: PaymentSearch;
  readonly name: keyof PaymentSearch;
  readonly value: string;
}

/** Pressed, it takes its filter away. */
function Chip({ search, name, value }: ChipProps) {
  const words = filterWords(name, value);
  return (
    <Link
      to="/payments"
      search={withoutFilter(search, name)}
      aria-label={`Remove the filter ${words}`}
      className="flex items-center gap-1.5 rounded-md border border-line-strong bg-sunken px-2 py-0.5 hover:border-ink"
    >
      {words}
      <X size={13} aria-hidden />
    </Link>
  );
}

const SELECT = 'min-h-8 max-w-44 min-w-0 rounded-md border border-line-strong bg-panel px-1.5';

function FilterControls({ search }: { search: PaymentSearch }) {
  const navigate = useNavigate();
  const set = (change: PaymentSearch) =>
    void navigate({ to: '/payments', search: { ...search, ...change } });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const currency = textIn(new FormData(event.currentTarget), 'currency');
    set({ currency: currency.toUpperCase() });
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-wrap gap-2">
      <Picker
        label="Any status"
        value={search.status ?? ''}
        options={STATUSES.map((status) => [status, STATUS_LOOKS[status].word])}
        onPick={(status) => set({ status })}
      />
      <Picker
        label="Any reason"
        value={search.failure_reason ?? ''}
        options={FAILURE_REASONS.map((reason) => [reason, reasonWords(reason)])}
        onPick={(reason) => set({ failure_reason: reason })}
      />
      <Picker
        label="Any method"
        value={search.method ?? ''}
        options={[
          ['account', 'Account'],
          ['card', 'Card'],
        ]}
        onPick={(method) => set({ method })}
      />
      <input
        key={search.currency}
        name="currency"
        aria-label="Currency, then Enter"
        placeholder="Any currency"
        defaultValue={search.currency}
        maxLength={3}
        autoComplete="off"
        className={`${SELECT} w-28 px-2`}
      />
    </form>
  );
}

interface PickerProps {
  /** Of what is picked when nothing is. */
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onPick: (value: string) => void;
}

function Picker({ label, value, options, onPick }: PickerProps) {
  const id = useId();
  return (
    <span>
      <label htmlFor={id} className="sr-only">
        {label.replace('Any ', 'Filter by ')}
      </label>
      <select
        id={id}
        value={value}
        className={SELECT}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        <option value="">{label}</option>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </span>
  );
}
