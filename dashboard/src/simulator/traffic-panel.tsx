/** Payments that nobody has to send: how the run goes, or went, and what the next one is to be. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { TrafficRequest } from '@farthing/sdk';
import { service } from '../service/client.ts';
import { queryClient } from '../service/queries.ts';
import { announce } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { RUN_LOOK_MS, trafficQuery } from './simulation-queries.ts';
import { TrafficForm } from './traffic-form.tsx';
import { TrafficProgress } from './traffic-progress.tsx';

export function TrafficPanel() {
  const {
    data: traffic,
    error,
    refetch,
  } = useQuery({ ...trafficQuery, refetchInterval: RUN_LOOK_MS });
  const start = useMutation({
    mutationFn: (request: TrafficRequest) => service().traffic.start(request),
    onSuccess: () => announce('Traffic is being made'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: trafficQuery.queryKey }),
  });
  if (traffic === undefined) {
    return (
      <Panel title="Traffic">
        {error === null ? (
          <SkeletonRows rows={10} />
        ) : (
          <ProblemNote error={error} onRetry={() => void refetch()} />
        )}
      </Panel>
    );
  }
  const run = traffic.running ?? traffic.last;
  return (
    <Panel title="Traffic" testId="traffic">
      {run !== null && (
        <TrafficProgress
          run={run}
          traffic={traffic}
          onAgain={({ preset, rate, mix, seed, duration_seconds: duration }) =>
            start.mutate({ ...(preset === null ? {} : { preset }), rate, mix, seed, duration })
          }
        />
      )}
      <TrafficForm
        traffic={traffic}
        error={start.error}
        isPending={start.isPending}
        onStart={start.mutate}
      />
    </Panel>
  );
}
