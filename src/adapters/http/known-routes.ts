/** The routes there are, to tell a wrong method from a wrong path and to suggest the right one. */
import type { FastifyInstance } from 'fastify';

export interface KnownRoutes {
  /** The methods that this very path takes; empty when no route matches it. */
  methodsOf(path: string): string[];
  /** Every route's path, parameters as `{name}`. */
  paths(): string[];
}

/** Watches `app` from now on: call before routes are added. */
export function knownRoutes(app: FastifyInstance): KnownRoutes {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one);
    routes.set(url, known);
  });
  return {
    methodsOf(path) {
      const matching = [...routes.values()].filter(({ pattern }) => pattern.test(path));
      const methods = new Set(matching.flatMap(({ methods: some }) => [...some]));
      return [...methods].filter((method) => method !== 'OPTIONS').sort();
    },
    paths: () =>
      [...routes.keys()]
        .filter((url) => !url.includes('*') && !url.startsWith('/docs/'))
        .map((url) => url.replace(/:(\w+)/g, '{$1}')),
  };
}

function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:\w+/g, '[^/]+').replace(/\*/g, '.*')}/?$`);
}
