/** The first page: what happens, as totals and as events, beside the form that makes something happen. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { CardLab } from '../card-lab/card-lab.tsx';
import { summaryQuery } from '../service/queries.ts';
import { PageTitle } from '../shared/page-title.tsx';
import { FirstSteps } from './first-steps.tsx';
import { TimeCharts } from './overview-charts.tsx';
import { useSeries } from './series.ts';
import { StatesPlace } from './states-place.tsx';
import { Tiles } from './tiles.tsx';

/** Below what is first in sight. */
const CurrentState = lazy(async () => ({
  default: (await import('./current-state.tsx')).CurrentState,
}));

const route = getRouteApi('/');

export function OverviewPage() {
  const search = route.useSearch();
  const { data: summary } = useQuery(summaryQuery);
  const series = useSeries(search);
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem] 3xl:grid-cols-[minmax(0,1fr)_34rem]">
      <div className="flex min-w-0 flex-col gap-4">
        <PageTitle>Overview</PageTitle>
        {summary?.total === 0 && <FirstSteps />}
        <Tiles series={series} />
        <TimeCharts series={series} search={search} />
        <Suspense fallback={<StatesPlace />}>
          <CurrentState series={series} />
        </Suspense>
      </div>
      <CardLab />
    </div>
  );
}
