/** A transaction by its id: the latest one, until another is asked for. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { transactionQuery } from '../service/queries.ts';
import { Button } from '../shared/button.tsx';
import { Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { JsonText } from '../shared/json-text.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';

interface InspectTransactionProps {
  readonly id: string | null;
  readonly onInspect: (id: string) => void;
}

export function InspectTransaction({ id, onInspect }: InspectTransactionProps) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const asked = textIn(new FormData(event.currentTarget), 'id');
    if (asked !== '') onInspect(asked);
  };
  return (
    <Panel title="Inspect Transaction" testId="transaction-record">
      <div className="flex flex-col gap-3 p-3">
        <form key={id} onSubmit={submit} className="flex items-end gap-2">
          <Field label="Transaction id" className="flex-1">
            {(aria) => (
              <TextInput
                name="id"
                defaultValue={id ?? ''}
                placeholder="Filled in by the form above"
                autoComplete="off"
                spellCheck={false}
                className="font-mono text-xs"
                {...aria}
              />
            )}
          </Field>
          <Button type="submit">Inspect</Button>
        </form>
        {id !== null && <Transaction id={id} />}
      </div>
    </Panel>
  );
}

function Transaction({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(transactionQuery(id));
  if (error !== null && data === undefined) {
    return <ProblemNote error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return null;
  return (
    <>
      <JsonText value={data} label="Transaction" />
      <Link to="/payments/$id" params={{ id }} className="self-start text-accent underline">
        Open it as a payment
      </Link>
    </>
  );
}
