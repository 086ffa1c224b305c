/**
 * Says on every page what is simulated now, for how long still, and ends it: a network that fails on purpose must not be
 * taken for one that fails. It asks once, and again while something is on; that something begins, the live feed says.
 */
import { FarthingError, type FarthingEvent, type Simulation } from '@farthing/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useEffect } from 'react';
import { isPaymentEvent, liveFeed } from '../service/live.ts';
import { queryClient } from '../service/queries.ts';
import { Button } from '../shared/button.tsx';
import { announce } from '../shared/notice.tsx';
import { useSeconds } from '../shared/use-seconds.ts';
import { endpointsQuery, refreshWebhooks } from '../webhooks/queries.ts';
import { RUN_LOOK_MS, simulationQuery, trafficQuery } from './simulation-queries.ts';
import { type Act, faultsOn, simulationOn, trafficOn } from './what-is-on.ts';

/** Faults for the next attempts are used up without a word. */
const FAULTS_LOOK_MS = 10_000;

export function SimulationBanner() {
  const { data: simulation } = useQuery(simulationQuery);
  const { data: traffic } = useQuery(trafficQuery);
  const { data: endpoints } = useQuery({
    ...endpointsQuery,
    refetchInterval: ({ state }) => faultsOn(state.data).length > 0 && FAULTS_LOOK_MS,
  });
  const acts = [...trafficOn(traffic), ...simulationOn(simulation), ...faultsOn(endpoints)];
  const nowMs = useSeconds(acts.some(({ endsAtMs }) => endsAtMs !== null));
  const isSlowing = traffic?.running?.preset === 'slow_webhooks';
  useEffect(() => liveFeed.listen(follow), []);
  useEffect(() => {
    if (!isSlowing) return undefined;
    // The run puts a fault on every endpoint, and takes it away when it is over.
    void refreshWebhooks();
    return () => void refreshWebhooks();
  }, [isSlowing]);
  if (acts.length === 0) return null;
  return (
    <section
      aria-label="Simulated now"
      data-banner
      className="mb-3 rounded-lg border border-hold bg-changed px-3 py-1"
    >
      <ul className="flex flex-wrap gap-x-6 gap-y-1">
        {acts.map((act) => (
          <ActItem key={act.kind} act={act} nowMs={nowMs} />
        ))}
      </ul>
    </section>
  );
}

function ActItem({ act: { words, endsAtMs, end }, nowMs }: { act: Act; nowMs: number }) {
  const ending = useMutation({
    mutationFn: end,
    onSuccess: () => announce(`Ended: ${words}`),
    onError: (error) => announce(error instanceof FarthingError ? error.detail : error.message),
  });
  return (
    <li className="flex min-w-0 items-center gap-2">
      <FlaskConical size={15} aria-hidden className="shrink-0 text-hold" />
      <span className="min-w-0 break-words">
        {words}
        {endsAtMs !== null && `, ${timeLeft(endsAtMs - nowMs)}`}
      </span>
      <Button
        aria-label={`End: ${words}`}
        isBlocked={ending.isPending}
        className="min-h-7 py-0"
        onClick={() => ending.mutate()}
      >
        End
      </Button>
    </li>
  );
}

/** «4:32 left», «1:04:32 left». */
function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const clock = new Date(seconds * 1_000).toISOString().slice(14, 19);
  return `${hours > 0 ? `${hours}:${clock}` : clock.replace(/^0/, '')} left`;
}

let lookedAtMs = 0;

function follow(events: readonly FarthingEvent[]): void {
  const changed = events.findLast(({ type }) => type === 'simulation.changed');
  if (changed !== undefined) {
    queryClient.setQueryData(simulationQuery.queryKey, changed.data as Simulation);
  }
  const isGenerated = events.some(
    (event) => isPaymentEvent(event) && 'traffic_run' in event.data.metadata,
  );
  const { running = null } = queryClient.getQueryData(trafficQuery.queryKey) ?? {};
  // A run that is over leaves payments that are still under way.
  if (!isGenerated || running !== null || Date.now() - lookedAtMs < RUN_LOOK_MS) return;
  lookedAtMs = Date.now();
  void queryClient.invalidateQueries({ queryKey: trafficQuery.queryKey });
}
