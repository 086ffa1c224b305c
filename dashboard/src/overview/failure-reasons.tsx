/** Why payments failed, the most frequent reason first; a bar leads to its payments. */
import type { Summary } from '@farthing/sdk';
import { BarList } from '../shared/bar-list.tsx';
import { Panel } from '../shared/panel.tsx';
import { reasonWords } from '../shared/status.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';

export function FailureReasons({ reasons }: { reasons: Summary['failure_reasons'] | undefined }) {
  return (
    <Panel title="Why payments failed" aside={<span className="text-soft">All time</span>}>
      {reasons === undefined ? <SkeletonRows rows={4} /> : <Reasons reasons={reasons} />}
    </Panel>
  );
}

function Reasons({ reasons }: { reasons: Summary['failure_reasons'] }) {
  const bars = Object.entries(reasons)
    .sort(([, left], [, right]) => right - left)
    .map(([reason, count]) => ({
      label: reasonWords(reason),
      count,
      search: { status: 'FAILED', failure_reason: reason },
    }));
  if (bars.length === 0) return <Empty title="No payment has failed" />;
  return <BarList bars={bars} />;
}
