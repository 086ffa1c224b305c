/** What was decided, in a word and as it came. */
import type { CardDecision } from '@farthing/sdk';
import { CircleCheck, CircleX } from 'lucide-react';
import { JsonText } from '../shared/json-text.tsx';
import { formatDuration } from '../shared/moment.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty } from '../shared/waiting.tsx';

interface DecisionResultProps {
  readonly decision: CardDecision | undefined;
  readonly error: Error | null;
}

export function DecisionResult({ decision, error }: DecisionResultProps) {
  return (
    <Panel title="Decision" testId="decision-result">
      {error !== null && <ProblemNote error={error} />}
      {error === null && decision === undefined && (
        <Empty title="Simulate an authorization, and see here how it was decided" />
      )}
      {decision !== undefined && (
        <div role="status" className="flex flex-col gap-2 p-3">
          <Verdict decision={decision} />
          <JsonText value={decision} label="Decision" />
        </div>
      )}
    </Panel>
  );
}

function Verdict({ decision }: { decision: CardDecision }) {
  const isApproved = decision.status === 'Approved';
  const Icon = isApproved ? CircleCheck : CircleX;
  const { score, latency_ms: latency, decision_reason: reason } = decision;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span
        className={`flex items-center gap-1.5 text-base font-semibold ${isApproved ? 'text-good' : 'text-bad'}`}
      >
        <Icon size={18} aria-hidden />
        {decision.status}
      </span>
      {reason !== null && <span>{reason}</span>}
      <span className="text-soft">
        {score !== null && `score ${score}`}
        {latency !== null && ` · ${formatDuration(latency)}`}
      </span>
    </p>
  );
}
