/** The next run: a preset, and what is to be different from it. What is wrong with it, the service says. */
import type { Traffic, TrafficPreset, TrafficRequest } from '@farthing/sdk';
import { type ComponentProps, type SubmitEvent, useState } from 'react';
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { faultAt, isAllAt } from '../shared/field-faults.ts';
import { formatDuration } from '../shared/moment.tsx';
import { formatPercent } from '../shared/money.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { TypedField } from './form-fields.tsx';
import { numberIn, type Texts } from './number-in.ts';

interface TrafficFormProps {
  readonly traffic: Traffic;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onStart: (request: TrafficRequest) => void;
}

export function TrafficForm({ traffic, error, isPending, onStart }: TrafficFormProps) {
  const { presets, scenarios, running } = traffic;
  const [name, setName] = useState(presets[0]?.name);
  const [texts, setTexts] = useState<Texts>({});
  const preset = presets.find((one) => one.name === name);
  if (preset === undefined) return null;
  const request = requestOf(preset, texts);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onStart(request);
  };
  const field: FieldMaker = (at, usual) => ({
    name: at,
    step: 'any',
    value: texts[at] ?? String(usual),
    fault: faultAt(error, `/${at}`),
    onChange: (text) => setTexts({ ...texts, [at]: text }),
  });
  const choose = (chosen: string) => {
    setName(chosen as TrafficPreset['name']);
    setTexts({});
  };
  const mixFault = faultAt(error, '/mix');
  const isMixFaulty = pointersOf(scenarios).some(
    (at) => at.startsWith('/mix') && faultAt(error, at) !== null,
  );
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3 p-3">
      <PresetCards presets={presets} chosen={preset.name} onChoose={choose} />
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        <TypedField label="Payments a second" {...field('rate', preset.rate)} />
        <TypedField label="For so many seconds" {...field('duration', preset.duration_seconds)} />
        <TypedField label="Seed" placeholder="A new one" {...field('seed', '')} />
      </div>
      {/* Shut, its fields would hide what is wrong with them. */}
      <details open={isMixFaulty || undefined}>
        <summary className="w-fit font-medium">Mix, by weight</summary>
        <div className="mt-2 grid grid-cols-1 gap-3 sm:grid-cols-2">
          {scenarios.map((one) => (
            <TypedField
              key={one.name}
              label={`${one.title}: ${shareOf(preset, texts, one.name)}`}
              hint={one.description}
              {...field(`mix/${one.name}`, preset.mix[one.name] ?? 0)}
            />
          ))}
        </div>
        {mixFault !== null && <p className="mt-1 text-bad">{mixFault}</p>}
      </details>
      <Curl request={{ method: 'POST', path: '/simulation/traffic', body: request }} />
      {error !== null && !isAllAt(error, pointersOf(scenarios)) && <ProblemNote error={error} />}
      <Button type="submit" look="primary" isBlocked={isPending || running !== null}>
        {running === null ? 'Start traffic' : 'One run at a time: stop it first'}
      </Button>
    </form>
  );
}

type FieldMaker = (
  at: string,
  usual: number | string,
) => Omit<ComponentProps<typeof TypedField>, 'label'>;

function pointersOf(scenarios: Traffic['scenarios']): readonly string[] {
  return ['/rate', '/duration', '/seed', '/mix', ...scenarios.map(({ name }) => `/mix/${name}`)];
}

interface PresetCardsProps {
  readonly presets: Traffic['presets'];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}

function PresetCards({ presets, chosen, onChoose }: PresetCardsProps) {
  return (
    <fieldset className="grid grid-cols-1 gap-2 sm:grid-cols-2 3xl:grid-cols-3">
      <legend className="sr-only">Preset</legend>
      {presets.map(({ name, title, description, rate, duration_seconds: seconds }) => (
        <label
          key={name}
          className="flex cursor-pointer gap-2 rounded-md border border-line-strong p-2 hover:bg-sunken has-checked:border-accent has-checked:bg-changed"
        >
          <input
            type="radio"
            name="preset"
            value={name}
            checked={name === chosen}
            onChange={() => onChoose(name)}
            className="mt-1 self-start accent-accent"
          />
          <span className="min-w-0">
            <span className="font-medium">{title}</span>{' '}
            <span className="text-xs whitespace-nowrap">
              {rate}/s for {formatDuration(seconds * 1_000)}
            </span>
            <span className="block text-xs text-soft">{description}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Only what differs from the preset; but the mix is said whole. */
function requestOf(preset: TrafficPreset, texts: Texts): TrafficRequest {
  const { name, mix } = preset;
  const changed = Object.keys(texts).filter((at) => at.startsWith('mix/'));
  const weights = changed.map((at) => [at.slice('mix/'.length), numberIn(texts, at)] as const);
  const wanted: TrafficPreset['mix'] = { ...mix, ...Object.fromEntries(weights) };
  return {
    preset: name,
    ...number(texts, 'rate'),
    ...number(texts, 'duration'),
    ...(texts['seed'] === '' ? {} : number(texts, 'seed')),
    ...(changed.length === 0 ? {} : { mix: wanted }),
  };
}

function number(texts: Texts, name: string): object {
  return texts[name] === undefined ? {} : { [name]: numberIn(texts, name) };
}

function shareOf(preset: TrafficPreset, texts: Texts, name: string): string {
  const { mix = preset.mix } = requestOf(preset, texts);
  const weights = new Map(Object.entries(mix));
  const least = Math.min(...weights.values());
  const share = (weights.get(name) ?? 0) / [...weights.values()].reduce((all, one) => all + one, 0);
  // What is no mix has no shares.
  return least >= 0 && Number.isFinite(share) ? formatPercent(share) : '–';
}
