/** Makes an endpoint, or changes one: where to, which events, in which form and order. */
import type { WebhookEndpoint, WebhookEndpointRequest } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useId } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { Dialog } from '../shared/dialog.tsx';
import { Choice, Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { ProblemNote } from '../shared/problem.tsx';
import { EVENT_PATTERNS, type Pattern, patternWords } from './event-patterns.ts';
import { refreshWebhooks } from './queries.ts';
import type { ShownSecret } from './secret-dialog.tsx';

interface EndpointFormProps {
  /** Null for a new one. */
  readonly endpoint: WebhookEndpoint | null;
  readonly onSecret: (shown: ShownSecret) => void;
  readonly onDone: (id: string) => void;
  readonly onClose: () => void;
}

export function EndpointForm({ endpoint, onSecret, onDone, onClose }: EndpointFormProps) {
  const isNew = endpoint === null;
  const save = useMutation({
    mutationFn: async (request: WebhookEndpointRequest) => {
      if (!isNew) return (await service().webhookEndpoints.change(endpoint.id, request)).id;
      const { id, url, secret } = await service().webhookEndpoints.create(request);
      onSecret({ secret, url, isRotated: false });
      return id;
    },
    onSuccess: async (id) => {
      await refreshWebhooks();
      onDone(id);
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(requestIn(new FormData(event.currentTarget)));
  };
  return (
    <Dialog title={isNew ? 'New endpoint' : 'Edit endpoint'} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Where endpoint={endpoint} />
        <EventChoice chosen={endpoint?.events ?? ['*']} />
        <Field label="Payload">
          {(aria) => (
            <Choice name="payload" defaultValue={endpoint?.payload} {...aria}>
              <option value="envelope">Envelope: type, timestamp, data</option>
              <option value="payment">The data alone</option>
            </Choice>
          )}
        </Field>
        <Field label="Ordering">
          {(aria) => (
            <Choice name="ordering" defaultValue={endpoint?.ordering} {...aria}>
              <option value="none">None: each event follows its own schedule</option>
              <option value="strict">Strict: the events of a payment one after another</option>
            </Choice>
          )}
        </Field>
        {save.error !== null && <ProblemNote error={save.error} />}
        <Button type="submit" look="primary" isBlocked={save.isPending}>
          {isNew ? 'Create endpoint' : 'Save'}
        </Button>
      </form>
    </Dialog>
  );
}

function Where({ endpoint }: Pick<EndpointFormProps, 'endpoint'>) {
  const isFixed = endpoint?.from_environment ?? false;
  const hint = isFixed
    ? 'WEBHOOK_URL says where it is.'
    : 'http or https, or /sinks/demo for the built-in sink.';
  return (
    <>
      <Field label="URL" hint={hint}>
        {(aria) => (
          <TextInput
            name="url"
            required
            readOnly={isFixed}
            defaultValue={endpoint?.url}
            placeholder="http://localhost:3000/webhooks"
            autoComplete="off"
            spellCheck={false}
            {...aria}
          />
        )}
      </Field>
      <Field label="Description">
        {(aria) => (
          <TextInput name="description" defaultValue={endpoint?.description ?? ''} {...aria} />
        )}
      </Field>
    </>
  );
}

function EventChoice({ chosen }: { chosen: readonly string[] }) {
  const id = useId();
  const patterns = [...new Set([...EVENT_PATTERNS, ...chosen])];
  return (
    <fieldset>
      <legend className="mb-1 text-soft">Events</legend>
      <div className="grid grid-cols-1 gap-x-3 min-[26rem]:grid-cols-2">
        {patterns.map((pattern) => (
          <label key={pattern} htmlFor={`${id}${pattern}`} className="flex items-center gap-2 py-1">
            <input
              id={`${id}${pattern}`}
              type="checkbox"
              name="events"
              value={pattern}
              defaultChecked={chosen.includes(pattern)}
            />
            {patternWords(pattern)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Left as it was typed: what is wrong with it is the service's to say. */
function requestIn(form: FormData): WebhookEndpointRequest {
  return {
    url: textIn(form, 'url'),
    description: textIn(form, 'description') || null,
    events: form.getAll('events') as Pattern[],
    payload: textIn(form, 'payload') === 'payment' ? 'payment' : 'envelope',
    ordering: textIn(form, 'ordering') === 'strict' ? 'strict' : 'none',
  };
}
