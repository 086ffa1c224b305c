/** What is simulated now, in words, each with what ends it. */
import type { Simulation, Traffic, WebhookEndpoint } from '@farthing/sdk';
import { service } from '../service/client.ts';
import { queryClient } from '../service/queries.ts';
import { formatCount } from '../shared/money.tsx';
import { endpointsQuery } from '../webhooks/queries.ts';
import { simulationQuery, trafficQuery } from './simulation-queries.ts';

export interface Act {
  readonly kind: 'traffic' | 'temporary' | 'outage' | 'faults';
  readonly words: string;
  /** Null when it does not end by itself. */
  readonly endsAtMs: number | null;
  readonly end: () => Promise<unknown>;
}

/** Settings are said one by one; of more, how many there are. */
const SETTINGS_SAID = 3;

export function trafficOn(traffic: Traffic | undefined): readonly Act[] {
  const run = traffic?.running ?? null;
  if (run === null) return [];
  const preset = traffic?.presets.find(({ name }) => name === run.preset);
  const title = preset?.title ?? 'of your own';
  return [
    {
      kind: 'traffic',
      words: `Traffic: ${title} ${run.rate}/s, ${formatCount(run.sent)} sent`,
      endsAtMs: Date.parse(run.ends_at),
      end: stopTraffic,
    },
  ];
}

export async function stopTraffic(): Promise<void> {
  try {
    await service().traffic.stop();
  } finally {
    await queryClient.invalidateQueries({ queryKey: trafficQuery.queryKey });
  }
}

export function simulationOn(simulation: Simulation | undefined): readonly Act[] {
  if (simulation === undefined) return [];
  const { outage, temporary, expires_at: expiresAt } = simulation;
  const acts: Act[] = [];
  if (expiresAt !== null) {
    acts.push({
      kind: 'temporary',
      words: settingsWords(simulation),
      endsAtMs: Date.parse(expiresAt),
      end: () => endTemporary(simulation),
    });
  }
  if (outage !== 'none' && !temporary.includes('outage')) {
    acts.push({
      kind: 'outage',
      words: settingWords(simulation, 'outage'),
      endsAtMs: null,
      end: () => change({ outage: 'none' }),
    });
  }
  return acts;
}

export function faultsOn(endpoints: readonly WebhookEndpoint[] | undefined): readonly Act[] {
  const broken = endpoints?.filter(({ faults }) => faultsIn(faults).length > 0) ?? [];
  if (broken.length === 0) return [];
  const kinds = new Set(broken.flatMap(({ faults }) => faultsIn(faults).map(([kind]) => kind)));
  return [
    {
      kind: 'faults',
      words: `Webhook faults: ${[...kinds].join(', ').replaceAll('_', ' ')}`,
      endsAtMs: null,
      end: () => mend(broken),
    },
  ];
}

/** Those that will happen. */
export function faultsIn(faults: WebhookEndpoint['faults']) {
  return Object.entries(faults).filter(
    ([, rule]) => (rule?.rate ?? 0) > 0 || (rule?.next ?? 0) > 0,
  );
}

async function mend(endpoints: readonly WebhookEndpoint[]): Promise<void> {
  try {
    for (const { id } of endpoints) await service().webhookEndpoints.change(id, { faults: null });
  } finally {
    await queryClient.invalidateQueries({ queryKey: endpointsQuery.queryKey });
  }
}

/**
 * What is under the temporary settings, the service alone knows: they end together, as early as it can be said, by a
 * change of one of them to what it is.
 */
function endTemporary(simulation: Simulation): Promise<void> {
  const [name] = simulation.temporary;
  const same = Object.entries(simulation).filter(([other]) => other === name);
  return change({ ...Object.fromEntries(same), expires_in: 1 });
}

async function change(request: object): Promise<void> {
  const changed = await service().simulation.change(request);
  queryClient.setQueryData(simulationQuery.queryKey, changed);
}

function settingsWords(simulation: Simulation): string {
  const { temporary } = simulation;
  const said = temporary.length > SETTINGS_SAID ? SETTINGS_SAID - 1 : SETTINGS_SAID;
  const words = temporary.slice(0, said).map((name) => settingWords(simulation, name));
  const rest = temporary.length - words.length;
  const all = [...words, ...(rest > 0 ? [`${rest} more settings`] : [])].join(', ');
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}`;
}

/** «failure rate 0.5», «processing delay 2000 ms», «Issuer outage». */
function settingWords(simulation: Simulation, name: string): string {
  if (name === 'outage') {
    const { outage } = simulation;
    return { none: 'no outage', unavailable: 'Issuer outage', timeout: 'Issuer timeouts' }[outage];
  }
  const value = new Map<string, unknown>(Object.entries(simulation)).get(name);
  const shown = value === true ? 'on' : value === false ? 'off' : String(value);
  const isTime = name.endsWith('_ms');
  return `${name.replace(/_ms$/, '').replaceAll('_', ' ')} ${shown}${isTime ? ' ms' : ''}`;
}
