/** Whether what is shown is what is: always in sight, in words, with the time until the next attempt or the data's age. */
import { Pause, Play } from 'lucide-react';
import type { ConnectionState, FeedView } from '../service/live-feed.ts';
import { liveFeed, useFeed } from '../service/live.ts';
import { Button } from '../shared/button.tsx';
import { formatCount } from '../shared/money.tsx';
import { formatDuration } from '../shared/moment.tsx';
import { useSeconds } from '../shared/use-seconds.ts';

const DOTS: Readonly<Record<ConnectionState | 'paused', string>> = {
  connecting: 'bg-busy',
  live: 'bg-good',
  reconnecting: 'bg-hold',
  offline: 'bg-bad',
  asleep: 'bg-line-strong',
  paused: 'bg-hold',
};

export function Connection() {
  const feed = useFeed();
  const nowMs = useSeconds(feed.staleSinceMs !== null);
  const isShaky = feed.connection === 'reconnecting' || feed.connection === 'offline';
  const shown = feed.isPaused && !isShaky ? 'paused' : feed.connection;
  return (
    <div className="flex items-center gap-1">
      <span
        data-testid="connection"
        data-state={shown}
        className="flex items-center gap-1.5 px-1 whitespace-nowrap"
      >
        <span aria-hidden className={`size-2 rounded-full ${DOTS[shown]}`} />
        <span className="capitalize">{shown}</span>
        <span className="hidden text-soft sm:inline">{remark(feed, nowMs)}</span>
      </span>
      {isShaky ? (
        <Button look="quiet" className="px-2" onClick={liveFeed.reconnect}>
          Try now
        </Button>
      ) : (
        <Button
          look="quiet"
          className="px-2"
          aria-label={feed.isPaused ? 'Go on live' : 'Pause live updates'}
          onClick={liveFeed.togglePause}
        >
          {feed.isPaused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
        </Button>
      )}
    </div>
  );
}

function remark(
  { connection, retryAtMs, staleSinceMs, isPaused, waiting }: FeedView,
  nowMs: number,
) {
  const age = staleSinceMs === null ? '' : formatDuration(Math.max(nowMs - staleSinceMs, 1_000));
  const countdown = Math.max(0, Math.ceil(((retryAtMs ?? nowMs) - nowMs) / 1_000));
  if (connection === 'reconnecting') return `in ${countdown} s`;
  if (connection === 'offline') return `data ${age} old · next try in ${countdown} s`;
  if (isPaused) return waiting === 0 ? '' : `${formatCount(waiting)} new`;
  return '';
}
