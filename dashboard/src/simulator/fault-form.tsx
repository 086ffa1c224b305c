/** One thing that is to go wrong with webhooks: for the next attempts, which ends by itself, or at a rate until it is removed. */
import type { WebhookEndpoint, WebhookEndpointChange } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { faultAt, isAllAt } from '../shared/field-faults.ts';
import { announce } from '../shared/notice.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { refreshWebhooks } from '../webhooks/queries.ts';
import { PickField, TypedField } from './form-fields.tsx';
import { numberIn, type Texts } from './number-in.ts';

const KINDS = [
  ['delay', 'Delay', 'Attempts are sent later.'],
  ['drop', 'Drop', 'Attempts are not sent; the schedule of retries goes on.'],
  ['duplicate', 'Duplicate', 'Attempts are sent twice.'],
  ['reorder', 'Reorder', 'Attempts are held back while later events pass them.'],
  ['corrupt_signature', 'Corrupt signature', 'The signature is that of another body.'],
] as const;

const AMOUNTS = [
  ['next', 'For the next attempts'],
  ['rate', 'At a rate, until removed'],
] as const;

const BEGINNING: Texts = {
  endpoint: '',
  kind: 'delay',
  how: 'next',
  next: '10',
  rate: '0.5',
  delay_ms: '2000',
};

export function FaultForm({ endpoints }: { endpoints: readonly WebhookEndpoint[] }) {
  const [texts, setTexts] = useState(BEGINNING);
  const { endpoint, kind, how = 'next' } = texts;
  const [, words, hint] = KINDS.find(([name]) => name === kind) ?? KINDS[0];
  const act = useMutation({
    mutationFn: async (change: WebhookEndpointChange) => {
      for (const { id } of endpoints) {
        if (endpoint === '' || endpoint === id) await service().webhookEndpoints.change(id, change);
      }
    },
    onSuccess: () => announce(`Webhooks go wrong: ${words.toLowerCase()}`),
    onSettled: refreshWebhooks,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    act.mutate(changeIn(texts));
  };
  const pointer = (name: string) => `/faults/${kind}/${name}`;
  const field = (name: string) => ({
    name,
    value: texts[name] ?? '',
    fault: faultAt(act.error, pointer(name)),
    onChange: (text: string) => setTexts({ ...texts, [name]: text }),
  });
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <PickField
          label="Endpoint"
          options={[['', 'All endpoints'], ...endpoints.map(({ id, url }) => [id, url] as const)]}
          {...field('endpoint')}
        />
        <PickField
          label="Fault"
          hint={hint}
          options={KINDS.map(([name, title]) => [name, title])}
          {...field('kind')}
        />
        <PickField label="How often" options={AMOUNTS} {...field('how')} />
        <TypedField
          label={how === 'next' ? 'Attempts' : 'Rate, from 0 to 1'}
          step="any"
          {...field(how)}
        />
        {isLate(kind) && <TypedField label="Later by, ms" step={100} {...field('delay_ms')} />}
      </div>
      {act.error !== null && !isAllAt(act.error, [how, 'delay_ms'].map(pointer)) && (
        <ProblemNote error={act.error} />
      )}
      <Button type="submit" isBlocked={act.isPending} className="self-start">
        Let it go wrong
      </Button>
    </form>
  );
}

function isLate(kind: string | undefined): boolean {
  return kind === 'delay' || kind === 'reorder';
}

/** As it was typed: what is wrong with it is the service's to say. */
function changeIn(texts: Texts): WebhookEndpointChange {
  const { kind = '', how = '' } = texts;
  const delay = isLate(kind) ? { delay_ms: numberIn(texts, 'delay_ms') } : {};
  return { faults: { [kind]: { [how]: numberIn(texts, how), ...delay } } };
}
