/**
 * compose.yaml, as far as it can be judged without an engine: every variable resolves and is documented, every setting of
 * the program reaches it, nothing has more rights than it needs, and what services wait for exists.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { STACK_VARIABLES } from '../../scripts/stack-variables.ts';
import { SETTINGS } from '../../src/apps/settings.ts';

interface Service {
  readonly image: string;
  readonly build?: object;
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly user?: string;
  readonly restart: string;
  readonly read_only: boolean;
  readonly pids_limit: number;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly deploy: { readonly resources: { readonly limits: { readonly memory: string } } };
}

interface Stack {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, object | null>>;
}

const text = textOf('compose.yaml');
const stack = parse(text, { merge: true }) as Stack;
const services = Object.entries(stack.services);

/** `# NAME=value`, or NAME=value, of each line. */
const documented = new Map(
  [...textOf('.env.example').matchAll(/^(?:# )?([A-Z][A-Z_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value],
  ),
);

/** `${NAME:-default}`, but not `$$NAME`, which is the container's. */
function variablesOf(source: string): { name: string; fallback: string | null }[] {
  return [...source.matchAll(/(?<!\$)\$\{([A-Z_]+)(?::-([^}]*))?\}/g)].map(
    ([, name = '', fallback]) => ({ name, fallback: fallback ?? null }),
  );
}

function resolved(value: string): string {
  return value.replaceAll(
    /(?<!\$)\$\{([A-Z_]+):-([^}]*)\}/g,
    (_, _name, fallback: string) => fallback,
  );
}

describe('variables', () => {
  const variables = variablesOf(text);

  test('each has a default, which is the one of .env.example', () => {
    expect(variables.length).toBeGreaterThan(15);
    for (const { name, fallback } of variables) {
      expect([name, fallback]).toEqual([name, documented.get(name)]);
    }
    expect(text.replaceAll(/(?<!\$)\$\{[A-Z_]+:-[^}]*\}|\$\$/g, '')).not.toContain('$');
  });

  test('.env.example names what there is, and nothing else', () => {
    const known = [...SETTINGS, ...STACK_VARIABLES];
    expect([...documented.keys()]).toEqual(known.map(({ name }) => name));
    for (const { name, fallback } of known) expect(documented.get(name)).toBe(fallback);
  });

  test('none that is for compose alone is left unused', () => {
    const used = new Set([
      ...variables.map(({ name }) => name),
      ...services.flatMap(([, { environment = {} }]) => Object.keys(environment)),
    ]);
    expect(STACK_VARIABLES.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });

  test('a copied .env.example changes nothing: every line of it is a comment', () => {
    const lines = textOf('.env.example').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});

describe('the settings of the program', () => {
  /** They name what only a machine of one's own has: files there, and SQLite. */
  const NOT_PASSED = ['AUDIT_ANCHORS', 'RULES_FILE', 'SQLITE_THREAD'];

  test.each(['api', 'worker'])('all of them reach %s', (name) => {
    const given = Object.keys(serviceOf(name).environment ?? {});
    const expected = SETTINGS.map((setting) => setting.name as string);
    expect([...given, ...NOT_PASSED].sort()).toEqual(expected.sort());
  });

  test('its database is the Postgres of the stack, whatever .env says', () => {
    const { environment = {} } = serviceOf('api');
    expect(environment).toMatchObject({ DATABASE_URL: '', POSTGRES_HOST: 'postgres' });
    for (const name of ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB']) {
      expect(environment[name]).toBe(serviceOf('postgres').environment?.[name]);
    }
  });

  test('it answers to the names that the others call it by', () => {
    const names = serviceOf('api').environment?.['ALLOWED_HOSTS']?.split(',') ?? [];
    expect(names).toEqual(expect.arrayContaining(['api', 'worker', 'frontend']));
    expect(stack.services['seed']?.environment?.['FARTHING_URL']).toBe('http://frontend:8080');
  });
});

describe('each service', () => {
  test('of the stack is there', () => {
    expect(Object.keys(stack.services).sort()).toEqual(
      'api frontend grafana postgres prometheus redis seed worker'.split(' '),
    );
    const profiles = services.map(([name, { profiles: of = [] }]) => [name, ...of]);
    expect(profiles.filter(({ length }) => length > 1)).toEqual([
      ['seed', 'tools'],
      ['prometheus', 'observability'],
      ['grafana', 'observability'],
    ]);
  });

  test.each(services)('%s has no right that it does not need', (name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service).not.toHaveProperty('privileged');
    expect(service.restart).toBe(name === 'seed' ? 'no' : 'unless-stopped');
    expect(service.deploy.resources.limits.memory).toMatch(/^\d+[MG]$/);
    expect(service.pids_limit).toBe(256);
    expect(service.volumes ?? []).not.toContainEqual(expect.stringContaining('docker.sock'));
  });

  test.each(services)('%s is published on this machine only, and can be scaled', (_, service) => {
    for (const port of service.ports ?? []) {
      expect(resolved(port)).toMatch(/^127\.0\.0\.1:\d+(?:-\d+)?:\d+$/);
    }
    expect(service).not.toHaveProperty('container_name');
  });

  test.each(services)('%s is of a version', (_, service) => {
    expect(resolved(service.image)).toMatch(/^[a-z/-]+:(?:v?\d+[\w.-]*|local)$/);
  });

  test.each(services)('%s waits for what tells how it is', (_, { depends_on: needed = {} }) => {
    for (const [other, { condition }] of Object.entries(needed)) {
      expect(condition).toBe('service_healthy');
      expect(serviceOf(other).healthcheck.test?.[0]).toMatch(/^CMD/);
    }
  });

  test.each(services)('%s says how it is', (name, { healthcheck }) => {
    if (name === 'seed') expect(healthcheck).toEqual({ disable: true });
    else expect(healthcheck.test?.length).toBeGreaterThan(1);
  });

  test.each(services)('%s is given files and networks that exist', (_, service) => {
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./'))
        expect([source, existsSync(fileOf(source))]).toEqual([source, true]);
      else expect(Object.keys(stack.volumes)).toContain(source);
      if (source.startsWith('./')) expect(volume).toMatch(/:ro$/);
    }
    for (const network of service.networks) expect(Object.keys(stack.networks)).toContain(network);
  });
});

test('the API takes a port of a range for each process', () => {
  const [ports = ''] = serviceOf('api').ports ?? [];
  expect(resolved(ports)).toBe('127.0.0.1:8080-8089:8080');
});

test('Postgres and Redis are reached by the program alone', () => {
  expect(stack.networks['data']).toEqual({ internal: true });
  const reached = services.filter(([, { networks }]) => networks.includes('data'));
  expect(reached.map(([name]) => name)).toEqual(['api', 'worker', 'postgres', 'redis']);
  for (const name of ['postgres', 'redis']) {
    expect(serviceOf(name).networks).toEqual(['data']);
    expect(serviceOf(name).ports).toBeUndefined();
  }
});

test('Prometheus and the frontend ask where the program listens', () => {
  const { environment = {} } = serviceOf('api');
  const prometheus = parse(textOf('deploy/prometheus.yml')) as {
    scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
  };
  const asked = prometheus.scrape_configs.flatMap(({ dns_sd_configs: found = [] }) => found);
  expect(asked).toMatchObject([
    { names: ['api'], port: Number(environment['PORT']) },
    { names: ['worker'], port: Number(environment['WORKER_PORT']) },
  ]);
  expect(textOf('deploy/nginx.conf')).toContain(`set $api api:${environment['PORT']};`);
});

function serviceOf(name: string): Service {
  const service = stack.services[name];
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

function textOf(name: string): string {
  return readFileSync(fileOf(name), 'utf8');
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
