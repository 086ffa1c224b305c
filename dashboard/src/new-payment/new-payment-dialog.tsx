/** A payment from an account, with an outcome that may be asked for; the same as a command. */
import type { FailureReason, PaymentRequest } from '@farthing/sdk';
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { Dialog } from '../shared/dialog.tsx';
import { Choice, Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { ProblemNote } from '../shared/problem.tsx';
import { reasonWords } from '../shared/status.tsx';
import { FIRST_PAYMENT } from './first-payment.ts';
import { useNewPayment } from './use-new-payment.ts';

const OUTCOMES = [
  'APPROVE',
  'PROCESSING_ERROR',
  'ISSUER_UNAVAILABLE',
  'FRAUD_SUSPECTED',
] as const satisfies readonly ('APPROVE' | FailureReason)[];

export function NewPaymentDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="New payment" onClose={onClose}>
      <NewPaymentForm onDone={onClose} />
    </Dialog>
  );
}

function NewPaymentForm({ onDone }: { onDone: () => void }) {
  const navigate = useNavigate();
  const newPayment = useNewPayment();
  const [request, setRequest] = useState<PaymentRequest>(FIRST_PAYMENT);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    newPayment.mutate(request, {
      onSuccess: ({ payment_id: id }) => {
        onDone();
        void navigate({ to: '/payments/$id', params: { id } });
      },
    });
  };
  return (
    <form
      onSubmit={submit}
      onChange={(event) => setRequest(requestIn(new FormData(event.currentTarget)))}
      className="flex flex-col gap-3"
    >
      <div className="grid grid-cols-[1fr_6rem] gap-3">
        <Field label="Amount">
          {(aria) => (
            <TextInput
              name="amount"
              type="number"
              step="any"
              defaultValue={FIRST_PAYMENT.amount}
              {...aria}
            />
          )}
        </Field>
        <Field label="Currency">
          {(aria) => <TextInput name="currency" defaultValue="USD" maxLength={3} {...aria} />}
        </Field>
      </div>
      <Field label="Recipient">
        {(aria) => (
          <TextInput name="recipient" defaultValue={FIRST_PAYMENT.recipient ?? ''} {...aria} />
        )}
      </Field>
      <Field label="Outcome" hint="As drawn: the rules and the failure rate decide.">
        {(aria) => (
          <Choice name="outcome" defaultValue="" {...aria}>
            <option value="">As drawn</option>
            {OUTCOMES.map((outcome) => (
              <option key={outcome} value={outcome}>
                {reasonWords(outcome)}
              </option>
            ))}
          </Choice>
        )}
      </Field>
      <Curl request={{ method: 'POST', path: '/payments', body: request, waitSeconds: 5 }} />
      {newPayment.error !== null && <ProblemNote error={newPayment.error} />}
      <Button type="submit" look="primary" isBlocked={newPayment.isPending}>
        Send payment
      </Button>
    </form>
  );
}

/** Left as it was typed: what is wrong with it is the service's to say. */
function requestIn(form: FormData): PaymentRequest {
  const text = (name: string) => textIn(form, name);
  const outcome = OUTCOMES.find((one) => one === text('outcome'));
  return {
    amount: Number(text('amount')),
    currency: text('currency'),
    recipient: text('recipient'),
    ...(outcome === undefined ? {} : { simulate: { outcome } }),
  };
}
