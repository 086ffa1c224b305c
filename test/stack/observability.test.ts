/** The Grafana dashboard that is shipped asks for what a running server really tells Prometheus. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { endServers, startServer } from '../support/server.ts';

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly description: string;
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const { panels } = JSON.parse(textOf('deploy/grafana/dashboards/farthing.json')) as Dashboard;
const targets = panels.flatMap((panel) => panel.targets.map((target) => ({ ...panel, ...target })));

/** By name: the labels that a running server gives it. */
const told = new Map<string, Set<string>>();

beforeAll(async () => {
  const environment = { FAILURE_RATE: '1' };
  const { url } = await startServer({ database: ':memory:', environment });
  await fetch(`${url}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=5' },
    body: JSON.stringify({ amount: 1, currency: 'EUR', recipient: 'metrics' }),
  });
  const text = await (await fetch(`${url}/metrics`)).text();
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z_0-9]+)(?:\{(.*)\})? /gm)) {
    const known = told.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/([a-z_]+)="/g)) known.add(label);
    told.set(name, known);
  }
});
afterAll(endServers);

/** Names that are no words of the language, each with the labels that stand in its braces. */
function metricsOf(expr: string): { name: string; labels: string[] }[] {
  const words = /\b(?:sum|max|by|rate|histogram_quantile|topk|or|vector)\b/;
  const withoutGroups = expr.replaceAll(/\bby \([^)]*\)/g, '').replaceAll(/"[^"]*"/g, '""');
  return [...withoutGroups.matchAll(/\b([a-z_]+[a-z0-9_]*)(?:\{([^}]*)\})?(?=[[\s),]|$)/g)]
    .filter(([, name = '']) => !words.test(name) && name !== 'm')
    .map(([, name = '', labels = '']) => ({
      name,
      labels: [...labels.matchAll(/([a-z_]+)(?:=~|!=|=)/g)].map(([, label = '']) => label),
    }));
}

test.each(targets)('«$title» shows what there is: $expr', ({ expr, legendFormat }) => {
  const asked = metricsOf(expr);
  expect(asked.length).toBeGreaterThan(0);
  const ofPrometheus = ['job', 'instance', 'le'];
  for (const { name, labels } of asked) {
    if (name === 'up') continue; // Prometheus's own
    expect([...told.keys()]).toContain(name);
    const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) =>
      list.split(', '),
    );
    const shown = [...legendFormat.matchAll(/\{\{([a-z_]+)\}\}/g)].map(([, label = '']) => label);
    for (const label of [...labels, ...grouped, ...shown]) {
      expect([...ofPrometheus, ...(told.get(name) ?? [])]).toContain(label);
    }
  }
});

test('what is not told is noticed', () => {
  const [first] = metricsOf('max by (reason) (rate(farthing_nothing{job="api"}[1m]))');
  expect(first).toEqual({ name: 'farthing_nothing', labels: ['job'] });
  expect([...told.keys()]).not.toContain(first?.name);
});

test('panels have a place of their own, an explanation and the data source that is provisioned', () => {
  const sources = parse(textOf('deploy/grafana/datasources.yml')) as {
    datasources: { uid: string; url: string }[];
  };
  const [source] = sources.datasources;
  expect(source?.url).toBe('http://prometheus:9090');
  const taken = new Set<string>();
  for (const { gridPos, description, datasource, title } of panels) {
    expect([title, description.length > 5, datasource.uid]).toEqual([title, true, source?.uid]);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

function textOf(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
}
