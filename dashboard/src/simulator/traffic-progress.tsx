/** How far a run is: what was sent, what became of it, and what it really was. */
import type { Traffic, TrafficRun } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../shared/button.tsx';
import { formatCount, formatPercent } from '../shared/money.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { reasonWords } from '../shared/status.tsx';
import { stopTraffic } from './what-is-on.ts';

interface TrafficProgressProps {
  readonly run: TrafficRun;
  readonly traffic: Traffic;
  readonly onAgain: (run: TrafficRun) => void;
}

export function TrafficProgress({ run, traffic, onAgain }: TrafficProgressProps) {
  const stop = useMutation({ mutationFn: stopTraffic });
  const { status, planned, sent, preset, rate, seed } = run;
  const isRunning = status === 'running';
  const title = traffic.presets.find(({ name }) => name === preset)?.title ?? 'Traffic';
  return (
    <div className="flex flex-col gap-2 border-b border-line p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p>
          <span className="font-medium">
            {title}: {status}
          </span>{' '}
          <span className="text-soft">
            {rate}/s, seed {seed}
          </span>
        </p>
        {isRunning ? (
          <Button look="danger" isBlocked={stop.isPending} onClick={() => stop.mutate()}>
            Stop
          </Button>
        ) : (
          <Button onClick={() => onAgain(run)}>Send the same again</Button>
        )}
      </div>
      <div
        role="progressbar"
        aria-label={`Sent of ${formatCount(planned)} payments`}
        aria-valuenow={sent}
        aria-valuemax={planned}
        className="h-2 rounded-full bg-sunken"
      >
        <div
          className="h-full rounded-full bg-accent"
          style={{ width: `${Math.min(sent / planned, 1) * 100}%` }}
        />
      </div>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-1 sm:grid-cols-6">
        {(['sent', 'accepted', 'refused', 'behind', 'refunds', 'retries'] as const).map((name) => (
          <div key={name}>
            <dt className="text-xs text-soft">{reasonWords(name)}</dt>
            <dd className="font-semibold">{formatCount(run[name])}</dd>
          </div>
        ))}
      </dl>
      <Labels run={run} />
      {run.error !== null && <p className="text-bad">{run.error}</p>}
      {stop.error !== null && <ProblemNote error={stop.error} />}
    </div>
  );
}

function Labels({ run: { by_label: labels, sent } }: { run: TrafficRun }) {
  const made = Object.entries(labels).filter(([, count]) => count > 0);
  return (
    <p className="text-soft">
      {made
        .map(
          ([label, count]) =>
            `${reasonWords(label)} ${formatCount(count)} (${formatPercent(count / sent)})`,
        )
        .join(' · ')}
    </p>
  );
}
