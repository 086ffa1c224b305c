/** The settings in force: found by a part of their name, value or meaning; what was changed can be taken along. */
import type { ConfigurationSetting as Setting } from '@farthing/sdk';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { TextInput } from '../shared/field.tsx';
import { FilterPicker } from '../shared/list/filter-controls.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { reasonWords } from '../shared/status.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';
import { Export } from './export.tsx';

const route = getRouteApi('/settings');

const configurationQuery = queryOptions({
  queryKey: ['configuration'],
  queryFn: async ({ signal }) => (await service().configuration.get({ signal })).data,
});

export function Configuration() {
  const { data: settings, error, refetch } = useQuery(configurationQuery);
  return (
    <Panel title="Configuration" aside={settings !== undefined && <Export settings={settings} />}>
      {settings !== undefined && <Settings settings={settings} />}
      {settings === undefined &&
        (error === null ? (
          <SkeletonRows rows={16} height="h-9" />
        ) : (
          <ProblemNote error={error} onRetry={() => void refetch()} />
        ))}
    </Panel>
  );
}

function Settings({ settings }: { settings: readonly Setting[] }) {
  const navigate = route.useNavigate();
  const search = route.useSearch();
  // The address follows what is typed; the field does not wait for it.
  const [filter, setFilter] = useState(search);
  const change = (next: typeof filter) => {
    setFilter(next);
    void navigate({ search: next, replace: true });
  };
  const shown = settings.filter((setting) => meets(setting, filter));
  const sources = [...new Set(settings.map(({ source }) => source))];
  return (
    <>
      <form
        onSubmit={(event) => event.preventDefault()}
        className="flex items-center gap-2 p-3 max-sm:flex-wrap"
      >
        <TextInput
          type="search"
          aria-label="Filter the settings"
          placeholder="A part of a name, value or meaning"
          value={filter.q ?? ''}
          onChange={({ currentTarget: { value: q } }) => change({ ...filter, q })}
          className="sm:max-w-xs"
        />
        <FilterPicker
          label="Any origin"
          value={filter.source ?? ''}
          options={sources.map((source) => [source, `From: ${source}`])}
          onPick={(source) => change({ ...filter, source })}
        />
        <span role="status" className="whitespace-nowrap text-soft">
          {shown.length} of {settings.length}
        </span>
      </form>
      {shown.length === 0 ? (
        <Empty title={`No setting meets ${wordsOf(filter)}`}>
          <Button onClick={() => change({})}>Show all settings</Button>
        </Empty>
      ) : (
        <SettingsTable settings={shown} />
      )}
    </>
  );
}

interface Filter {
  readonly q?: string;
  readonly source?: string;
}

function meets({ name, value, description, source }: Setting, filter: Filter): boolean {
  const text = (filter.q ?? '').trim().toLowerCase();
  const isFound = [name, value, description].some((part) => part.toLowerCase().includes(text));
  return isFound && ['', undefined, source].includes(filter.source);
}

function wordsOf({ q = '', source = '' }: Filter): string {
  const words = [q, source === '' ? '' : `From: ${source}`].filter((word) => word !== '');
  return words.map((word) => `«${word}»`).join(' and ');
}

const HEAD = 'px-3 py-1.5 font-normal text-soft';
const CELL = 'border-t border-line px-3 py-1.5 align-top';

function SettingsTable({ settings }: { settings: readonly Setting[] }) {
  return (
    <table aria-label="Settings" className="w-full table-fixed">
      <thead>
        <tr className="text-left">
          <th className={HEAD}>Setting</th>
          <th className={`${HEAD} w-2/5`}>Value</th>
          <th className={`${HEAD} hidden w-32 sm:table-cell`}>From</th>
        </tr>
      </thead>
      <tbody>
        {settings.map(({ name, value, source, description }) => (
          <tr key={name}>
            <th scope="row" className={`${CELL} text-left font-normal break-words`}>
              <code className="text-xs font-semibold">{name}</code>
              <span className="block text-soft">{description}</span>
            </th>
            <td className={CELL}>
              {value === '' ? (
                <span className="text-soft">none</span>
              ) : (
                <code className="text-xs break-words">{value}</code>
              )}
              <span className="block sm:hidden">
                <Source source={source} />
              </span>
            </td>
            <td className={`${CELL} hidden sm:table-cell`}>
              <Source source={source} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What somebody set stands out from what nobody did. */
function Source({ source }: Pick<Setting, 'source'>) {
  return (
    <span className={source === 'default' ? 'text-soft' : 'font-medium text-accent'}>
      {source.startsWith('.') ? source : reasonWords(source)}
    </span>
  );
}
