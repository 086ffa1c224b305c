/**
 * The rows of the list: what was loaded, and the payments that have come since. While somebody reads (scrolled down, a
 * row in focus, a payment open) new ones wait behind a pill; what is already shown changes where it stands.
 */
import type { FarthingEvent, Page, Payment, PaymentFilters } from '@farthing/sdk';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { latestPayments, liveFeed } from '../service/live.ts';
import { paymentsQuery } from '../service/queries.ts';
import { meetsFilters } from './payment-filters.ts';

/** With more new rows than this the list is read anew, so that it does not grow without end. */
const FRESH_MAX = 200;

type Payments = readonly Payment[];

interface LivePaymentsQuestion {
  readonly filters: PaymentFilters;
  readonly loaded: Payments;
  /** Nothing older is left to load. */
  readonly isWhole: boolean;
  readonly isHeld: boolean;
}

interface LivePayments {
  readonly rows: Payments;
  /** How many new ones are not shown, in words; null when all are. */
  readonly waiting: string | null;
  readonly showWaiting: () => void;
}

export function useLivePayments(question: LivePaymentsQuestion): LivePayments {
  const { filters, loaded, isWhole, isHeld } = question;
  const client = useQueryClient();
  const [fresh, setFresh] = useState<Payments>([]);
  const [waiting, setWaiting] = useState<Payments>([]);

  const reload = () => {
    const { queryKey } = paymentsQuery(filters);
    client.setQueryData<InfiniteData<Page<Payment>, string | null>>(queryKey, (list) =>
      list === undefined ? undefined : firstPage(list),
    );
    setWaiting([]);
    void client.invalidateQueries({ queryKey }).then(() => setFresh([]));
  };
  const show = (added: Payments) => {
    if (fresh.length + added.length > FRESH_MAX) reload();
    else setFresh(merged(fresh, added));
  };
  const showWaiting = () => {
    setWaiting([]);
    show(waiting);
  };
  const take = useEffectEvent((events: readonly FarthingEvent[]) => {
    if (events.some(({ type }) => type === 'data.reset')) {
      setFresh([]);
      setWaiting([]);
      return;
    }
    const payments = latestPayments(events);
    const known = new Set([...loaded, ...fresh, ...waiting].map(({ payment_id: id }) => id));
    const oldest = isWhole ? '' : (loaded.at(-1)?.created_at ?? '');
    const added = [...payments.values()].filter(
      (payment) =>
        !known.has(payment.payment_id) &&
        payment.created_at >= oldest &&
        meetsFilters(payment, filters),
    );
    setFresh((rows) => updated(rows, payments));
    setWaiting((rows) => updated(rows, payments));
    if (added.length === 0) return;
    if (isHeld) setWaiting((rows) => merged(rows, added));
    else show(added);
  });
  useEffect(() => liveFeed.listen(take), []);
  const release = useEffectEvent(() => {
    if (waiting.length > 0) showWaiting();
  });
  useEffect(() => {
    if (!isHeld) release();
  }, [isHeld]);
  return { rows: withoutDoubles(fresh, loaded), waiting: countOf(waiting), showWaiting };
}

/** More than are kept are not counted. */
function countOf({ length }: Payments): string | null {
  if (length === 0) return null;
  return length > FRESH_MAX ? `${FRESH_MAX}+` : String(length);
}

function firstPage<List extends InfiniteData<unknown, unknown>>(list: List): List {
  return { ...list, pages: list.pages.slice(0, 1), pageParams: list.pageParams.slice(0, 1) };
}

function updated(rows: Payments, payments: ReadonlyMap<string, Payment>): Payments {
  if (!rows.some(({ payment_id: id }) => payments.has(id))) return rows;
  return rows.map((row) => payments.get(row.payment_id) ?? row);
}

/** The newest first. */
function merged(rows: Payments, added: Payments): Payments {
  const all = [...added, ...rows];
  return all
    .sort((left, right) => right.created_at.localeCompare(left.created_at))
    .slice(0, FRESH_MAX + 1);
}

function withoutDoubles(fresh: Payments, loaded: Payments): Payments {
  const known = new Set(loaded.map(({ payment_id: id }) => id));
  const extra = fresh.filter(({ payment_id: id }) => !known.has(id));
  return extra.length === 0 ? loaded : [...extra, ...loaded];
}
