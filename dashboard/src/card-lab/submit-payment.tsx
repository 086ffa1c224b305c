/** The form: prefilled, with a scenario to pick, and the same as a command. */
import type { CardRequest } from '@farthing/sdk';
import { type SubmitEvent, useRef, useState } from 'react';
import { Button } from '../shared/button.tsx';
import { CopyButton } from '../shared/copy.tsx';
import { curlText } from '../shared/curl.tsx';
import { Field, TextInput } from '../shared/field.tsx';
import { Panel } from '../shared/panel.tsx';
import { masked, requestIn, SAMPLE } from './card-form.ts';
import { CardPicker } from './card-picker.tsx';

interface SubmitPaymentProps {
  readonly isPending: boolean;
  readonly onSubmit: (request: CardRequest) => void;
}

export function SubmitPayment({ isPending, onSubmit }: SubmitPaymentProps) {
  const form = useRef<HTMLFormElement>(null);
  const [shown, setShown] = useState(() => masked(SAMPLE));
  const current = () => requestIn(new FormData(form.current ?? undefined));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(current());
  };
  const show = () => setShown(masked(current()));
  return (
    <Panel title="Submit Payment">
      <form ref={form} onSubmit={submit} onChange={show} className="flex flex-col gap-3 p-3">
        <CardPicker usual={SAMPLE.card_number} onPick={show} />
        <OtherFields />
        <CommandLine shown={shown} text={() => textOf(current())} />
        <Button type="submit" look="primary" isBlocked={isPending}>
          Simulate authorization
        </Button>
      </form>
    </Panel>
  );
}

function OtherFields() {
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label="Amount">
        {(aria) => (
          <TextInput
            name="amount"
            type="number"
            step="any"
            defaultValue={SAMPLE.amount}
            {...aria}
          />
        )}
      </Field>
      <Field label="Currency">
        {(aria) => (
          <TextInput name="currency" defaultValue={SAMPLE.currency} maxLength={3} {...aria} />
        )}
      </Field>
      <Field label="Merchant">
        {(aria) => <TextInput name="merchant" defaultValue={SAMPLE.merchant} {...aria} />}
      </Field>
      <Field label="Channel">
        {(aria) => <TextInput name="channel" defaultValue={SAMPLE.channel} {...aria} />}
      </Field>
      <Field label="Device id (optional)" className="col-span-2">
        {(aria) => <TextInput name="device_id" autoComplete="off" {...aria} />}
      </Field>
    </div>
  );
}

/** Shown with the number masked; what is copied works as it stands. */
function CommandLine({ shown, text }: { shown: CardRequest; text: () => string }) {
  return (
    <div className="relative min-w-0">
      <div className="absolute top-1 right-1 bg-sunken">
        <CopyButton what="curl" text={text} />
      </div>
      <pre
        tabIndex={0}
        role="group"
        aria-label="The same as curl, the card number masked"
        className="overflow-x-auto rounded-md whitespace-pre-wrap break-words bg-sunken p-3 pr-10 font-mono text-xs leading-5"
      >
        {textOf(shown)}
      </pre>
    </div>
  );
}

function textOf(request: CardRequest): string {
  return curlText({ method: 'POST', path: '/payment', body: request });
}
