/** Gives a payment back: a part of it, or all that is left. */
import type { Payment } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { ProblemNote } from '../shared/problem.tsx';
import { showChanged } from './show-changed.ts';

export function RefundForm({ payment, onDone }: { payment: Payment; onDone: () => void }) {
  const { payment_id: id, amount_captured: captured, amount_refunded: refunded } = payment;
  const refund = useMutation({
    mutationFn: (request: { amount?: number; reason?: string }) =>
      service().payments.refund(id, request),
    onSuccess: async (changed) => {
      onDone();
      await showChanged(changed, 'Refunded');
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
