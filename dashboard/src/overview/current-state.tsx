/** What comes after the figures and charts of a time: how things are now, why payments failed, what happened last. */
import { useQuery } from '@tanstack/react-query';
import { summaryQuery } from '../service/queries.ts';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { FailureReasons } from './failure-reasons.tsx';
import { LatestEvents } from './latest-events.tsx';
import { RiskChart } from './overview-charts.tsx';
import type { Series } from './series.ts';
import { StateMachine } from './state-machine.tsx';
import { StatesPlace } from './states-place.tsx';

export function CurrentState({ series }: { series: Series }) {
  const { data: summary, error, refetch } = useQuery(summaryQuery);
  return (
    <>
      {summary === undefined && error !== null && (
        <Panel title="Payments by state">
          <ProblemNote error={error} onRetry={() => void refetch()} />
        </Panel>
      )}
      {summary === undefined && error === null && <StatesPlace />}
      {summary !== undefined && (
        <Panel title="Payments by state" aside={<span className="text-soft">All time</span>}>
          <StateMachine summary={summary} />
        </Panel>
      )}
      <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <RiskChart series={series} />
          <FailureReasons reasons={summary?.failure_reasons} />
        </div>
        <LatestEvents />
      </div>
    </>
  );
}
