/** Refund, retry, retry with another card. What is not legal now stays in its place and says why. */
import type { Payment } from '@farthing/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { CreditCard, RotateCcw, Undo2 } from 'lucide-react';
import { type ComponentProps, lazy, Suspense, useId, useRef, useState } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { announce } from '../shared/notice.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { useKey } from '../shell/keys.ts';
import { simulationQuery } from '../simulator/simulation-queries.ts';
import { otherCardRefusal, refundRefusal, retryRefusal } from './legality.ts';
import { RefundForm } from './refund-form.tsx';
import { showChanged } from './show-changed.ts';

const OtherCardForm = lazy(() =>
  import('./other-card-form.tsx').then((module) => ({ default: module.OtherCardForm })),
);

export function Actions({ payment }: { payment: Payment }) {
  const { payment_id: id, method } = payment;
  const retry = useMutation({
    mutationFn: () => service().payments.retry(id),
    onSuccess: (changed) => showChanged(changed, 'Trying it again'),
  });
  const refusals = useRefusals(payment);
  const { open, ask, close, buttons } = useForms(refusals);
  const noteId = useId();
  const askRetry = () => {
    if (refusals.retry === null) retry.mutate();
    else if (method === 'card' && refusals.card === null) ask('card');
    else announce(refusals.retry);
  };
  useKey('f', () => ask('refund'));
  useKey('r', askRetry);
  const notes = new Set(Object.values(refusals).filter((refusal) => refusal !== null));
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Action
          ref={buttons.refund}
          refusal={refusals.refund}
          noteId={noteId}
          aria-expanded={open === 'refund'}
          onClick={() => ask('refund')}
        >
          <Undo2 size={15} aria-hidden />
          Refund
        </Action>
        <Action
          refusal={refusals.retry}
          noteId={noteId}
          isBlocked={retry.isPending}
          onClick={askRetry}
        >
          <RotateCcw size={15} aria-hidden />
          Retry
        </Action>
        {method === 'card' && (
          <Action
            ref={buttons.card}
            refusal={refusals.card}
            noteId={noteId}
            aria-expanded={open === 'card'}
            onClick={() => ask('card')}
          >
            <CreditCard size={15} aria-hidden />
            Retry with another card
          </Action>
        )}
      </div>
      <p id={noteId} className="text-xs text-soft">
        {[...notes].join(' ')}
      </p>
      {retry.error !== null && <ProblemNote error={retry.error} />}
      {open === 'refund' && refusals.refund === null && (
        <RefundForm payment={payment} onDone={close} />
      )}
      <Suspense>
        {open === 'card' && refusals.card === null && <OtherCardForm id={id} onDone={close} />}
      </Suspense>
    </div>
  );
}

interface ActionProps extends ComponentProps<typeof Button> {
  /** Why not; null when it may be done. */
  readonly refusal: string | null;
  /** Of the element that says so. */
  readonly noteId: string;
}

function Action({ refusal, noteId, isBlocked = false, ...rest }: ActionProps) {
  return (
    <Button
      isBlocked={refusal !== null || isBlocked}
      aria-describedby={refusal === null ? undefined : noteId}
      {...rest}
    />
  );
}

type FormName = 'refund' | 'card';

/** The one form that is open below the buttons. Closed, it gives the focus back to its button. */
function useForms(refusals: Readonly<Record<FormName, string | null>>) {
  const [open, setOpen] = useState<FormName | null>(null);
  const buttons = {
    refund: useRef<HTMLButtonElement>(null),
    card: useRef<HTMLButtonElement>(null),
  };
  const ask = (name: FormName) => {
    const refusal = refusals[name];
    if (refusal === null) setOpen(name);
    else announce(refusal);
  };
  const close = () => {
    setOpen(null);
    if (open !== null) buttons[open].current?.focus();
  };
  return { open, ask, close, buttons };
}

function useRefusals(payment: Payment) {
  const isCard = payment.method === 'card';
  const { data: simulation } = useQuery({ ...simulationQuery, enabled: isCard });
  return {
    refund: refundRefusal(payment),
    retry: retryRefusal(payment),
    card: isCard ? otherCardRefusal(payment, simulation?.max_retries) : null,
  };
}
