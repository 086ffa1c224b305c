/** The last events, as they come. */
import type { FarthingEvent } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isPaymentEvent, useFeed } from '../service/live.ts';
import { latestEventsQuery } from '../service/queries.ts';
import { Moment } from '../shared/moment.tsx';
import { Money } from '../shared/money.tsx';
import { Panel } from '../shared/panel.tsx';
import { shortId, Status } from '../shared/status.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';

const SHOWN = 20;

export function LatestEvents() {
  const { recent } = useFeed();
  const { data: earlier } = useQuery({ ...latestEventsQuery, refetchOnWindowFocus: false });
  const known = new Set(recent.map(({ id }) => id));
  const older = (earlier ?? []).filter(({ id }) => !known.has(id));
  const events = [...recent, ...older].slice(0, SHOWN);
  return (
    <Panel title="Latest events">
      {events.length === 0 && earlier === undefined && <SkeletonRows rows={8} />}
      {events.length === 0 && earlier !== undefined && <Empty title="Nothing has happened yet" />}
      <ol data-testid="latest-events" className="divide-y divide-line">
        {events.map((event) => (
          <EventRow key={event.id} event={event} isNew={known.has(event.id)} />
        ))}
      </ol>
    </Panel>
  );
}

function EventRow({ event, isNew }: { event: FarthingEvent; isNew: boolean }) {
  return (
    <li className={`flex flex-wrap items-center gap-x-2 px-3 py-1.5 ${isNew ? 'changed' : ''}`}>
      <span className="w-18 shrink-0 text-soft">
        <Moment at={event.created_at} />
      </span>
      {isPaymentEvent(event) ? (
        <Link
          to="/payments/$id"
          params={{ id: event.payment_id }}
          className="flex min-w-0 flex-1 basis-24 items-center gap-2 hover:underline"
        >
          <Status status={event.data.status} />
          <code className="truncate text-xs text-soft">…{shortId(event.payment_id)}</code>
        </Link>
      ) : (
        <span className="min-w-0 flex-1 truncate">{event.type.replaceAll(/[._]/g, ' ')}</span>
      )}
      {isPaymentEvent(event) && (
        <span className="ml-auto">
          <Money amount={event.data.amount} currency={event.data.currency} />
        </span>
      )}
    </li>
  );
}
