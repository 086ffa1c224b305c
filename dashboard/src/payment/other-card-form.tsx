/** Tries a failed card payment again with another card. Its number is in its field, in the request, and nowhere else. */
import type { RetryRequest } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useRef } from 'react';
import { CardPicker } from '../card-lab/card-picker.tsx';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { CopyButton } from '../shared/copy.tsx';
import { curlText } from '../shared/curl.tsx';
import { faultAt, isAllAt } from '../shared/field-faults.ts';
import { textIn } from '../shared/form-text.ts';
import { ProblemNote } from '../shared/problem.tsx';
import { showChanged } from './show-changed.ts';

const POINTER = '/card/number';

export function OtherCardForm({ id, onDone }: { id: string; onDone: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const current = () => requestIn(new FormData(form.current ?? undefined));
  const retry = useMutation({
    mutationFn: (request: RetryRequest) => service().payments.retry(id, request),
    onSuccess: async (changed) => {
      onDone();
      await showChanged(changed, 'Trying it again with another card');
    },
    // The request has the card number in it: it is forgotten as soon as nobody looks.
    gcTime: 0,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    retry.mutate(current());
  };
  return (
    <form
      ref={form}
      aria-label="Retry with another card"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone();
      }}
      className="flex flex-col gap-3 rounded-md bg-sunken p-3"
    >
      <CardPicker usual="" fault={faultAt(retry.error, POINTER)} isFirst />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" isBlocked={retry.isPending}>
          Retry now
        </Button>
        <Button look="quiet" onClick={onDone}>
          Not now
        </Button>
        <CopyButton
          what="curl"
          text={() => curlText({ method: 'POST', path: `/payments/${id}/retry`, body: current() })}
        >
          curl
        </CopyButton>
      </div>
      {retry.error !== null && !isAllAt(retry.error, [POINTER]) && (
        <ProblemNote error={retry.error} />
      )}
    </form>
  );
}

/** As it was typed: what is wrong with it is the service's to say. */
function requestIn(form: FormData): RetryRequest {
  return { card: { number: textIn(form, 'card_number') } };
}
