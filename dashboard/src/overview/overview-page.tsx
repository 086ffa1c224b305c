/** The first page: what happens, as totals and as events, beside the form that makes something happen. */
import { useQuery } from '@tanstack/react-query';
import { CardLab } from '../card-lab/card-lab.tsx';
import { summaryQuery } from '../service/queries.ts';
import { PageTitle } from '../shared/page-title.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { FailureReasons } from './failure-reasons.tsx';
import { FirstSteps } from './first-steps.tsx';
import { LatestEvents } from './latest-events.tsx';
import { StateMachine } from './state-machine.tsx';
import { Tiles } from './tiles.tsx';

export function OverviewPage() {
  const summary = useQuery(summaryQuery);
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem] 3xl:grid-cols-[minmax(0,1fr)_34rem]">
      <div className="flex min-w-0 flex-col gap-4">
        <PageTitle>Overview</PageTitle>
        {summary.data?.total === 0 && <FirstSteps />}
        <Tiles summary={summary.data} />
        {summary.error !== null && summary.data === undefined && (
          <Panel title="Totals">
            <ProblemNote error={summary.error} onRetry={() => void summary.refetch()} />
          </Panel>
        )}
        <Panel title="Payments by state">
          {summary.data === undefined ? (
            <SkeletonRows rows={4} height="h-8" />
          ) : (
            <StateMachine summary={summary.data} />
          )}
        </Panel>
        <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <FailureReasons reasons={summary.data?.failure_reasons} />
          <LatestEvents />
        </div>
      </div>
      <CardLab />
    </div>
  );
}
