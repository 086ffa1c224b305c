/**
 * A card is authorized, and everything that is known of it afterwards is shown as it stands: the decision, the
 * transaction, its audit trail, the statistics. It stands on the overview and has a page of its own.
 */
import type { CardRequest } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { service } from '../service/client.ts';
import { queryClient } from '../service/queries.ts';
import { ClearData } from '../shared/clear-data.tsx';
import { AuditTrail } from './audit-trail.tsx';
import { DecisionResult } from './decision-result.tsx';
import { InspectTransaction } from './inspect-transaction.tsx';
import { MonitorStats } from './monitor-stats.tsx';
import { SubmitPayment } from './submit-payment.tsx';

export function CardLab({ isWide = false }: { isWide?: boolean }) {
  const [transactionId, setTransactionId] = useState<string | null>(null);
  const authorize = useMutation({
    mutationFn: (request: CardRequest) => service().cards.authorize(request),
    onSuccess: async ({ transaction_id: id }) => {
      setTransactionId(id);
      // Everything about it, and every figure it changed.
      await queryClient.invalidateQueries();
    },
    // The request has the card number in it: it is forgotten as soon as nobody looks.
    gcTime: 0,
  });
  const column = 'flex min-w-0 flex-col gap-4';
  return (
    <div className={isWide ? 'grid grid-cols-1 items-start gap-4 lg:grid-cols-2' : column}>
      <div className={column}>
        <SubmitPayment isPending={authorize.isPending} onSubmit={authorize.mutate} />
        <DecisionResult decision={authorize.data} error={authorize.error} />
      </div>
      <div className={column}>
        <InspectTransaction id={transactionId} onInspect={setTransactionId} />
        <AuditTrail id={transactionId} />
        <MonitorStats />
        <ClearData
          onCleared={() => {
            setTransactionId(null);
            authorize.reset();
          }}
        />
      </div>
    </div>
  );
}
