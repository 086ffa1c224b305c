/** Rates, delays, thresholds and the outage: what is changed holds at once, and ends by itself unless it is for good. */
import type { Simulation, SimulationChange } from '@farthing/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { service } from '../service/client.ts';
import { queryClient } from '../service/queries.ts';
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { faultAt, isAllAt } from '../shared/field-faults.ts';
import { announce } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { PickField, TypedField } from './form-fields.tsx';
import { type NetworkField, NETWORK_FIELDS } from './network-fields.ts';
import { numberIn, type Texts } from './number-in.ts';
import { simulationQuery } from './simulation-queries.ts';

const SPANS: readonly (readonly [seconds: string, words: string])[] = [
  ['60', '1 minute'],
  ['300', '5 minutes'],
  ['900', '15 minutes'],
  ['3600', '1 hour'],
  ['', 'good, until changed'],
];

export function NetworkPanel() {
  const { data, error, refetch } = useQuery(simulationQuery);
  return (
    <Panel title="Network" testId="network">
      {data === undefined &&
        (error === null ? (
          <SkeletonRows rows={8} />
        ) : (
          <ProblemNote error={error} onRetry={() => void refetch()} />
        ))}
      {data !== undefined && <NetworkForm simulation={data} />}
    </Panel>
  );
}

function NetworkForm({ simulation }: { simulation: Simulation }) {
  const [texts, setTexts] = useState<Texts>({});
  const [seconds, setSeconds] = useState('300');
  const change = useMutation({
    mutationFn: (request: SimulationChange) => service().simulation.change(request),
    onSuccess: (changed) => {
      setTexts({});
      announce('The network has changed');
      queryClient.setQueryData(simulationQuery.queryKey, changed);
    },
  });
  const current: Texts = Object.fromEntries(
    Object.entries(simulation).map(([name, value]) => [name, String(value)]),
  );
  const touched = NETWORK_FIELDS.filter(
    ({ name }) => texts[name] !== undefined && texts[name] !== current[name],
  );
  const request = {
    ...Object.fromEntries(touched.map((field) => [field.name, valueOf(field, texts)])),
    ...(seconds === '' ? {} : { expires_in: Number(seconds) }),
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (touched.length > 0) change.mutate(request);
  };
  const putBack = () => {
    setTexts({});
    change.reset();
  };
  const { error } = change;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3 p-3">
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 3xl:grid-cols-3">
        {NETWORK_FIELDS.map((field) => (
          <SettingField
            key={field.name}
            field={field}
            isTemporary={simulation.temporary.includes(field.name)}
            fault={faultAt(error, `/${field.name}`)}
            value={texts[field.name] ?? current[field.name] ?? ''}
            onChange={(text) => setTexts({ ...texts, [field.name]: text })}
          />
        ))}
      </div>
      {touched.length > 0 && (
        <Curl request={{ method: 'PATCH', path: '/simulation', body: request }} />
      )}
      {error !== null && !isAllAt(error, POINTERS) && <ProblemNote error={error} />}
      <div className="flex flex-wrap items-end gap-2">
        <PickField
          label="For"
          name="expires_in"
          value={seconds}
          onChange={setSeconds}
          options={SPANS}
        />
        <Button type="submit" look="primary" isBlocked={touched.length === 0 || change.isPending}>
          {touched.length === 0 ? 'Nothing is changed yet' : 'Change the network'}
        </Button>
        {touched.length > 0 && (
          <Button look="quiet" onClick={putBack}>
            Put back
          </Button>
        )}
      </div>
    </form>
  );
}

const POINTERS = NETWORK_FIELDS.map(({ name }) => `/${name}`);

interface SettingFieldProps {
  readonly field: NetworkField;
  readonly isTemporary: boolean;
  readonly fault: string | null;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function SettingField({ field, isTemporary, ...control }: SettingFieldProps) {
  const { name, hint, kind, options } = field;
  const label = isTemporary ? `${field.label} (for a time)` : field.label;
  const props = { name, label, hint, ...control };
  if (options !== undefined) return <PickField options={options} {...props} />;
  return <TypedField step={STEPS[kind]} {...props} />;
}

const STEPS: Readonly<Record<NetworkField['kind'], number | undefined>> = {
  rate: 0.05,
  ms: 100,
  text: undefined,
  switch: undefined,
};

/** As it was typed: what is wrong with it is the service's to say. */
function valueOf({ name, kind }: NetworkField, texts: Texts): unknown {
  if (kind === 'text') return texts[name];
  return kind === 'switch' ? texts[name] === 'true' : numberIn(texts, name);
}
