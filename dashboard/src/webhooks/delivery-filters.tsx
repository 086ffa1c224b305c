/** Which deliveries are listed: all of it is in the URL. */
import type { WebhookEndpoint } from '@farthing/sdk';
import { useNavigate } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { textIn } from '../shared/form-text.ts';
import { FILTER_CONTROL, FilterChips, FilterPicker } from '../shared/list/filter-controls.tsx';
import { useFieldValue } from '../shared/use-field-value.ts';
import { EVENT_PATTERNS } from './event-patterns.ts';
import { DELIVERY_STATUSES, type WebhookSearch } from './queries.ts';

const NAMES = {
  endpoint: 'Endpoint',
  status: 'Status',
  event_type: 'Event',
  payment: 'Payment',
} as const;

type FilterName = keyof typeof NAMES;

/** Those that are set, in words. */
export function activeFilters(
  search: WebhookSearch,
  endpoints: readonly WebhookEndpoint[],
): (readonly [FilterName, string])[] {
  const url = endpoints.find(({ id }) => id === search.endpoint)?.url;
  const shown = { ...search, endpoint: url ?? search.endpoint };
  return (Object.keys(NAMES) as FilterName[])
    .filter((name) => shown[name] !== undefined)
    .map((name) => [name, `${NAMES[name]}: ${shown[name]}`]);
}

interface DeliveryFiltersProps {
  readonly search: WebhookSearch;
  readonly endpoints: readonly WebhookEndpoint[];
}

export function DeliveryFilters({ search, endpoints }: DeliveryFiltersProps) {
  const navigate = useNavigate();
  const payment = useFieldValue(search.payment ?? '');
  const changed = (change: WebhookSearch) => ({ ...search, delivery: '', ...change });
  const set = (change: WebhookSearch) =>
    void navigate({ to: '/webhooks', search: changed(change) });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    set({ payment: textIn(new FormData(event.currentTarget), 'payment') });
  };
  return (
    <div className="flex flex-col gap-2">
      <form onSubmit={submit} className="flex flex-wrap gap-2">
        <FilterPicker
          label="Any endpoint"
          value={search.endpoint ?? ''}
          options={endpoints.map(({ id, url }) => [id, url])}
          onPick={(endpoint) => set({ endpoint })}
        />
        <FilterPicker
          label="Any status"
          value={search.status ?? ''}
          options={DELIVERY_STATUSES.map((status) => [status, status])}
          onPick={(status) => set({ status })}
        />
        <FilterPicker
          label="Any event"
          value={search.event_type ?? ''}
          options={EVENT_PATTERNS.slice(1).map((type) => [type, type])}
          onPick={(type) => set({ event_type: type })}
        />
        <input
          ref={payment}
          name="payment"
          aria-label="Payment id, then Enter"
          placeholder="Any payment"
          autoComplete="off"
          spellCheck={false}
          className={`${FILTER_CONTROL} w-36 px-2`}
        />
      </form>
      <FilterChips
        chips={activeFilters(search, endpoints).map(([name, words]) => ({
          words,
          without: { to: '/webhooks', search: changed({ [name]: '' }) },
        }))}
      />
    </div>
  );
}
