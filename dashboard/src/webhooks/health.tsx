/** The last deliveries to an endpoint, each a stroke, the newest on the right; in words, too. */
import type { WebhookDeliveryStatus, WebhookEndpointHealth } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '../shared/moment.tsx';
import { Skeleton } from '../shared/waiting.tsx';
import { DELIVERY_STATUSES, healthQuery, LOOK_MS, useLooking } from './queries.ts';

/** As many as the service looks at. */
const STROKES = 100;

/** So many endpoints are looked at every time, and more of them more rarely. */
const ENDPOINTS_AT_ONCE = 5;

const FILLS: Readonly<Record<WebhookDeliveryStatus, string>> = {
  pending: 'fill-busy',
  delivered: 'fill-good',
  failing: 'fill-hold',
  dead: 'fill-bad',
};

export function Health({ id, endpoints }: { id: string; endpoints: number }) {
  const looking = useLooking(LOOK_MS * Math.ceil(endpoints / ENDPOINTS_AT_ONCE));
  const { data: health } = useQuery({ ...healthQuery(id), ...looking });
  if (health === undefined) return <Skeleton className="h-9 w-full" />;
  const { deliveries, attempt_ms: took } = health;
  return (
    <div className="min-w-0">
      <Strokes deliveries={deliveries} />
      <p className="flex flex-wrap justify-between gap-x-3 text-xs text-soft">
        <span>{wordsOf(deliveries)}</span>
        {took !== null && (
          <span title={`Half of the last attempts took at most ${formatDuration(took.p50)}`}>
            p95 {formatDuration(took.p95)}
          </span>
        )}
      </p>
    </div>
  );
}

type Deliveries = WebhookEndpointHealth['deliveries'];

function Strokes({ deliveries }: { deliveries: Deliveries }) {
  return (
    <svg
      viewBox={`0 0 ${STROKES} 1`}
      preserveAspectRatio="none"
      aria-hidden
      className="h-3 w-full rounded-sm bg-line"
    >
      {runsOf(deliveries).map(({ status, from, count }) => (
        <rect
          key={from}
          x={STROKES - from - count}
          width={count}
          height={1}
          className={FILLS[status]}
        />
      ))}
    </svg>
  );
}

/** «97 delivered, 3 failing of the last 100». */
function wordsOf(deliveries: Deliveries): string {
  if (deliveries.length === 0) return 'Nothing was sent yet';
  const counts = DELIVERY_STATUSES.map((status) => {
    const { length } = deliveries.filter((delivery) => delivery.status === status);
    return length === 0 ? '' : `${length} ${status}`;
  });
  const words = counts.filter((text) => text !== '').join(', ');
  return deliveries.length < STROKES ? words : `${words} of the last ${STROKES}`;
}

/** Neighbours of the same status are one rectangle. */
function runsOf(deliveries: Deliveries) {
  const runs: { status: WebhookDeliveryStatus; from: number; count: number }[] = [];
  for (const [index, { status }] of deliveries.entries()) {
    const last = runs.at(-1);
    if (last?.status === status) last.count += 1;
    else runs.push({ status, from: index, count: 1 });
  }
  return runs;
}
