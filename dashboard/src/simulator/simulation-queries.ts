/** How the network behaves, and the traffic that is made. The banner keeps both up to date by the live feed. */
import { queryOptions } from '@tanstack/react-query';
import { service } from '../service/client.ts';

/** Between two looks at a run: nothing in the feed says how far it is. */
export const RUN_LOOK_MS = 2_500;

/** What ended by itself a moment ago is over by now. */
const EXPIRED_MS = 300;

export const simulationQuery = queryOptions({
  queryKey: ['simulation'],
  queryFn: ({ signal }) => service().simulation.get({ signal }),
  // The feed says it too, unless it is paused or lost.
  refetchInterval: ({ state }) => {
    const at = state.data?.expires_at ?? null;
    return at !== null && Math.max(Date.parse(at) - Date.now(), 1_000) + EXPIRED_MS;
  },
});

export const trafficQuery = queryOptions({
  queryKey: ['traffic'],
  queryFn: ({ signal }) => service().traffic.get({ signal }),
  refetchInterval: ({ state }) => (state.data?.running ?? null) !== null && RUN_LOOK_MS,
});
