/** Removes everything; the second press of the same button does it, after the first said how much goes. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { service } from '../service/client.ts';
import { queryClient, summaryQuery } from '../service/queries.ts';
import { Button } from './button.tsx';
import { formatCount } from './money.tsx';
import { announce } from './notice.tsx';
import { Panel } from './panel.tsx';
import { ProblemNote } from './problem.tsx';

export function ClearData({ onCleared }: { onCleared: () => void }) {
  const { data: summary } = useQuery(summaryQuery);
  const [isAsked, setIsAsked] = useState(false);
  const reset = useMutation({
    mutationFn: () => service().admin.reset(),
    onSuccess: async () => {
      onCleared();
      announce('All data removed');
      await queryClient.invalidateQueries();
    },
    onSettled: () => setIsAsked(false),
  });
  const count = summary === undefined ? 'all' : formatCount(summary.total);
  return (
    <Panel title="Clear Demo Data">
      <div className="flex flex-col items-start gap-2 p-3">
        <p className="text-soft">
          Removes every payment, event and ledger entry. Rules and settings stay.
        </p>
        <Button
          look="danger"
          isBlocked={reset.isPending}
          onClick={() => (isAsked ? reset.mutate() : setIsAsked(true))}
          onBlur={() => setIsAsked(false)}
        >
          <Trash2 size={15} aria-hidden />
          {isAsked ? `Press again to remove ${count} payments` : 'Clear demo data'}
        </Button>
        {reset.error !== null && <ProblemNote error={reset.error} />}
      </div>
    </Panel>
  );
}
