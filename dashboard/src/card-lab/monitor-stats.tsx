/** The statistics of card authorizations. */
import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { statsQuery } from '../service/queries.ts';
import { Button } from '../shared/button.tsx';
import { JsonText } from '../shared/json-text.tsx';
import { formatDuration } from '../shared/moment.tsx';
import { formatCount, formatPercent } from '../shared/money.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';

export function MonitorStats() {
  const { data, error, refetch } = useQuery(statsQuery);
  const refresh = (
    <Button
      look="quiet"
      className="px-2"
      aria-label="Refresh the statistics"
      onClick={() => void refetch()}
    >
      <RefreshCw size={14} aria-hidden />
    </Button>
  );
  return (
    <Panel title="Monitor Stats" testId="stats-panel" aside={refresh}>
      {error !== null && data === undefined && (
        <ProblemNote error={error} onRetry={() => void refetch()} />
      )}
      {error === null && data === undefined && <SkeletonRows rows={5} />}
      {data !== undefined && (
        <div className="flex flex-col gap-3 p-3">
          <dl className="grid grid-cols-3 gap-2">
            <Figure name="Total" value={formatCount(data.total)} />
            <Figure
              name="Approved"
              value={data.total === 0 ? '–' : formatPercent(data.approval_rate)}
            />
            <Figure
              name="p95"
              value={data.p95_latency === null ? '–' : formatDuration(data.p95_latency)}
            />
          </dl>
          <JsonText value={data} label="Statistics" />
        </div>
      )}
    </Panel>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-soft">{name}</dt>
      <dd className="text-base font-semibold">{value}</dd>
    </div>
  );
}
