/** Asks for an API key, where the service wants one. */
import { type SubmitEvent, useState } from 'react';
import { setApiKey } from '../service/client.ts';
import { liveFeed } from '../service/live.ts';
import { queryClient } from '../service/queries.ts';
import { Button } from './button.tsx';
import { Field, TextInput } from './field.tsx';
import { textIn } from './form-text.ts';

export function KeyForm({ onDone }: { onDone?: (() => void) | undefined }) {
  const [fault, setFault] = useState<string | null>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    try {
      setApiKey(textIn(new FormData(event.currentTarget), 'key'));
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      return;
    }
    liveFeed.restart();
    void queryClient.invalidateQueries();
    onDone?.();
  };
  return (
    <form onSubmit={submit} className="flex flex-col items-start gap-2 p-3">
      <p className="font-semibold">This service asks for an API key</p>
      <p className="text-soft">One of its API_KEYS. It is kept for this tab only.</p>
      <Field label="API key" fault={fault}>
        {(aria) => <TextInput name="key" type="password" autoComplete="off" required {...aria} />}
      </Field>
      <Button look="primary" type="submit">
        Use this key
      </Button>
    </form>
  );
}
