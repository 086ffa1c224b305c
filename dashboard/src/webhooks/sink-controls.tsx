/** How a sink answers: for good, or for the next so many messages. */
import type { Sink, SinkChange } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { formatDuration } from '../shared/moment.tsx';
import { formatCount } from '../shared/money.tsx';
import { announce } from '../shared/notice.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { refreshWebhooks } from './queries.ts';

/** What is typed, as it is typed. */
interface Draft {
  readonly status: string;
  readonly delay: string;
  readonly next: string;
  readonly hang: boolean;
}

export function SinkControls({ sink }: { sink: Sink }) {
  const { name, messages } = sink;
  // It stays as it is, whatever becomes of the sink meanwhile.
  const [draft, setDraft] = useState<Draft | null>(null);
  const act = useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onSuccess: async () => {
      await refreshWebhooks();
      setDraft(null);
    },
  });
  const shown = draft ?? draftOf(sink);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    act.mutate(() => service().sinks.change(name, changeOf(shown)));
  };
  const empty = async () => {
    await service().sinks.clear(name);
    announce('The sink is empty and answers 200 at once');
  };
  return (
    <form
      onSubmit={submit}
      onChange={(event) => setDraft(draftIn(new FormData(event.currentTarget)))}
      className="flex flex-col gap-3 p-3"
    >
      <p data-testid="sink-behavior">{behaviorWords(sink)}</p>
      <div className="grid grid-cols-2 items-start gap-3 md:grid-cols-[repeat(3,9rem)_auto]">
        <NumberField label="Status" name="status" value={shown.status} isRequired />
        <NumberField label="Delay (ms)" name="delay" value={shown.delay} isRequired />
        <NumberField label="For the next" name="next" value={shown.next} hint="Empty: for good" />
        <label className="flex min-h-8 items-center gap-2 self-center">
          <input name="hang" type="checkbox" checked={shown.hang} onChange={ignore} />
          Never answer (hang)
        </label>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" isBlocked={act.isPending}>
          Answer like this
        </Button>
        <ConfirmButton
          question={`Press again to remove ${formatCount(messages)} messages`}
          isBlocked={act.isPending}
          onConfirm={() => act.mutate(empty)}
        >
          Empty the sink
        </ConfirmButton>
      </div>
      {act.error !== null && <ProblemNote error={act.error} />}
    </form>
  );
}

/** The form takes changes in; React wants to know that somebody does. */
function ignore(): void {}

interface NumberFieldProps {
  readonly label: string;
  readonly name: keyof Draft;
  readonly value: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
}

function NumberField({ label, name, value, hint, isRequired = false }: NumberFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {(aria) => (
        <TextInput
          name={name}
          inputMode="numeric"
          autoComplete="off"
          required={isRequired}
          value={value}
          onChange={ignore}
          {...aria}
        />
      )}
    </Field>
  );
}

function draftOf({ status, delay_ms: delayMs, hang }: Sink): Draft {
  return { status: String(status), delay: String(delayMs), next: '', hang };
}

function draftIn(form: FormData): Draft {
  const text = (name: string) => textIn(form, name);
  return {
    status: text('status'),
    delay: text('delay'),
    next: text('next'),
    hang: form.has('hang'),
  };
}

/** What is no number is sent as it was typed: the service says what is wrong with it. */
function changeOf({ status, delay, next, hang }: Draft): SinkChange {
  const numberOf = (text: string) => (/^\d+$/.test(text) ? Number(text) : (text as never));
  return {
    status: numberOf(status),
    delay_ms: numberOf(delay),
    hang,
    next: next === '' ? null : numberOf(next),
  };
}

function behaviorWords({ status, delay_ms: delayMs, hang, next }: Sink): string {
  const when = delayMs === 0 ? 'at once' : `after ${formatDuration(delayMs)}`;
  const what = hang ? 'Never answers: the sender waits in vain' : `Answers ${status} ${when}`;
  if (next === null) return `${what}.`;
  return `${what}, ${next === 1 ? 'once' : `${formatCount(next)} times`} more.`;
}
