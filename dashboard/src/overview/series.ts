/** What happened step by step, in the time that is looked at and in the time before; kept fresh while it is live. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { RiskScoreHistogram, TimeSeries } from '@farthing/sdk';
import { service } from '../service/client.ts';
import { liveFeed, useFeed } from '../service/live.ts';
import { queryClient } from '../service/queries.ts';
import { type RangeSearch, type TimeWindow, windowBefore, windowOf } from '../shared/time-range.ts';

/** Read anew at most this often, however much happens: the cost is that of the window, not of the traffic. */
const FRESH_MS = 3_000;

/** The first of a few events does not wait for that. */
const SOON_MS = 300;

/** A step is over for a moment before it is asked for: clocks differ a little. */
const TURN_MS = 200;

const SERIES = 'series';

export interface Series {
  readonly window: TimeWindow;
  /** Absent while it is read for the first time; of the window before while another is read. */
  readonly now: TimeSeries | undefined;
  readonly before: TimeSeries | undefined;
  readonly histogram: RiskScoreHistogram | undefined;
  /** When `now` was answered. */
  readonly readAtMs: number;
  readonly isStale: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

export function useSeries(search: RangeSearch): Series {
  const { isPaused, staleSinceMs } = useFeed();
  // Without the service the next window would be an empty one: what was read last is what there is.
  const window = useMovingWindow(search, isPaused || staleSinceMs !== null);
  const isOpen = search.to === undefined || window.toMs > Date.now();
  useRefresh(isOpen);
  const live = {
    placeholderData: keepPreviousData,
    // Nothing changes while it is paused; what was never read is read all the same.
    enabled: (query: { readonly state: { readonly data: unknown } }) =>
      !isPaused || query.state.data === undefined,
  };
  const now = useQuery({ ...seriesQuery(window), ...live });
  const histogram = useQuery({ ...histogramQuery(window), ...live });
  const earlier = windowBefore(window, Date.now());
  const before = useQuery({
    ...seriesQuery(earlier ?? window, 'before'),
    enabled: earlier !== null,
    staleTime: Infinity,
  });
  return {
    window,
    now: now.data,
    before: before.data,
    histogram: histogram.data,
    readAtMs: now.dataUpdatedAt,
    isStale: now.isPlaceholderData,
    error: now.error,
    retry: () => void now.refetch(),
  };
}

function seriesQuery({ fromMs, toMs, step }: TimeWindow, name: 'now' | 'before' = 'now') {
  return queryOptions({
    queryKey: [SERIES, name, fromMs, toMs, step],
    queryFn: ({ signal }): Promise<TimeSeries> =>
      service().timeSeries.get({ ...bounds(fromMs, toMs), step }, { signal }),
  });
}

function histogramQuery({ fromMs, toMs }: TimeWindow) {
  return queryOptions({
    queryKey: [SERIES, 'risk', fromMs, toMs],
    queryFn: ({ signal }): Promise<RiskScoreHistogram> =>
      service().timeSeries.riskScores(bounds(fromMs, toMs), { signal }),
  });
}

/** The last step may be still to come: until now, then. */
function bounds(fromMs: number, toMs: number) {
  const untilMs = Math.max(Math.min(toMs, Date.now()), fromMs + 1);
  return { from: new Date(fromMs).toISOString(), to: new Date(untilMs).toISOString() };
}

/** Moves on with every step, unless it is held or stands for itself. */
function useMovingWindow(search: RangeSearch, isHeld: boolean): TimeWindow {
  const asked = search.range ?? '';
  const [moment, setMoment] = useState(() => ({ asked, nowMs: Date.now() }));
  // Another range begins at the moment that it is asked for.
  if (moment.asked !== asked) setMoment({ asked, nowMs: Date.now() });
  const window = windowOf(search, moment.nowMs);
  const isMoving = search.to === undefined && !isHeld;
  const turnMs = window.toMs + TURN_MS;
  useEffect(() => {
    if (!isMoving) return undefined;
    const turn = () => setMoment({ asked, nowMs: Date.now() });
    const timer = setTimeout(turn, Math.max(turnMs - Date.now(), 0));
    return () => clearTimeout(timer);
    // A clock that was set back makes one step turn twice.
  }, [isMoving, turnMs, moment, asked]);
  return window;
}

function useRefresh(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let readAtMs = 0;
    const refresh = () => {
      timer = undefined;
      readAtMs = Date.now();
      void queryClient.invalidateQueries({ queryKey: [SERIES, 'now'] });
      void queryClient.invalidateQueries({ queryKey: [SERIES, 'risk'] });
    };
    const stop = liveFeed.listen(() => {
      timer ??= setTimeout(refresh, Math.max(SOON_MS, readAtMs + FRESH_MS - Date.now()));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [isOpen]);
}
