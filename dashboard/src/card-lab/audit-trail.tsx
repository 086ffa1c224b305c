/** Every decision about a transaction, the newest first, with what it was made from. */
import { useQuery } from '@tanstack/react-query';
import { auditQuery } from '../service/queries.ts';
import { JsonText } from '../shared/json-text.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty } from '../shared/waiting.tsx';

export function AuditTrail({ id }: { id: string | null }) {
  return (
    <Panel title="Audit Trail" testId="audit-trail">
      {id === null ? (
        <Empty title="The facts, draws and rules behind a decision come here" />
      ) : (
        <Entries id={id} />
      )}
    </Panel>
  );
}

function Entries({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(auditQuery(id));
  if (error !== null && data === undefined) {
    return <ProblemNote error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return null;
  return (
    <div className="p-3">
      <JsonText value={data} label="Audit trail" />
    </div>
  );
}
