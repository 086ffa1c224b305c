/** Refund and retry. What is not legal now stays in its place and says why. */
import type { Payment } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { RotateCcw, Undo2 } from 'lucide-react';
import { type SubmitEvent, useId, useRef, useState } from 'react';
import { service } from '../service/client.ts';
import { ledgerQuery, paymentQuery, queryClient, timelineQuery } from '../service/queries.ts';
import { Button } from '../shared/button.tsx';
import { Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { announce } from '../shared/notice.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { useKey } from '../shell/keys.ts';
import { refundRefusal, retryRefusal } from './legality.ts';

export function Actions({ payment }: { payment: Payment }) {
  const { payment_id: id } = payment;
  const [isRefunding, setIsRefunding] = useState(false);
  const retry = useMutation({
    mutationFn: () => service().payments.retry(id),
    onSuccess: (changed) => show(changed, 'Trying it again'),
  });
  const refusals = { refund: refundRefusal(payment), retry: retryRefusal(payment) };
  const noteId = useId();
  const refundButton = useRef<HTMLButtonElement>(null);
  const askRefund = () => {
    if (refusals.refund === null) setIsRefunding(true);
    else announce(refusals.refund);
  };
  const askRetry = () => {
    if (refusals.retry === null) retry.mutate();
    else announce(refusals.retry);
  };
  const endRefund = () => {
    setIsRefunding(false);
    refundButton.current?.focus();
  };
  useKey('f', askRefund);
  useKey('r', askRetry);
  const notes = Object.values(refusals).filter((refusal) => refusal !== null);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button
          ref={refundButton}
          isBlocked={refusals.refund !== null}
          aria-describedby={refusals.refund === null ? undefined : noteId}
          aria-expanded={isRefunding}
          onClick={askRefund}
        >
          <Undo2 size={15} aria-hidden />
          Refund
        </Button>
        <Button
          isBlocked={refusals.retry !== null || retry.isPending}
          aria-describedby={refusals.retry === null ? undefined : noteId}
          onClick={askRetry}
        >
          <RotateCcw size={15} aria-hidden />
          Retry
        </Button>
      </div>
      <p id={noteId} className="text-xs text-soft">
        {notes.join(' ')}
      </p>
      {retry.error !== null && <ProblemNote error={retry.error} />}
      {isRefunding && refusals.refund === null && (
        <RefundForm payment={payment} onDone={endRefund} />
      )}
    </div>
  );
}

function RefundForm({ payment, onDone }: { payment: Payment; onDone: () => void }) {
  const { payment_id: id, amount_captured: captured, amount_refunded: refunded } = payment;
  const refund = useMutation({
    mutationFn: (request: { amount?: number; reason?: string }) =>
      service().payments.refund(id, request),
    onSuccess: async (changed) => {
      onDone();
      await show(changed, 'Refunded');
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [amount = '', reason = ''] = ['amount', 'reason'].map((name) => textIn(form, name));
    // An empty field is all that is left, which the service knows best.
    refund.mutate({
      ...(amount === '' ? {} : { amount: Number(amount) }),
      ...(reason === '' ? {} : { reason }),
    });
  };
  return (
    <form
      aria-label="Refund"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone();
      }}
      className="flex flex-wrap items-end gap-2 rounded-md bg-sunken p-3"
    >
      <Field label={`Amount (${payment.currency})`} className="w-32">
        {(aria) => (
          <TextInput
            name="amount"
            type="number"
            step="any"
            autoFocus
            placeholder={refunded === 0 ? String(captured) : 'all that is left'}
            {...aria}
          />
        )}
      </Field>
      <Field label="Reason (optional)" className="min-w-40 flex-1">
        {(aria) => <TextInput name="reason" maxLength={255} {...aria} />}
      </Field>
      <Button type="submit" look="primary" isBlocked={refund.isPending}>
        Refund now
      </Button>
      <Button look="quiet" onClick={onDone}>
        Not now
      </Button>
      {refund.error !== null && <ProblemNote error={refund.error} />}
    </form>
  );
}

async function show(payment: Payment, what: string): Promise<void> {
  const { payment_id: id } = payment;
  announce(what);
  queryClient.setQueryData(paymentQuery(id).queryKey, payment);
  for (const { queryKey } of [timelineQuery(id), ledgerQuery(id)]) {
    await queryClient.invalidateQueries({ queryKey });
  }
}
