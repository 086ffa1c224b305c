/** The addresses that are being sent to, each with its connections; one is forgotten with its last connection. */
import { lookupAll, type AddressGuard, type Lookup } from './addresses.ts';
import { openConnections, type Connections } from './connections.ts';
import type { SenderLimits } from './limits.ts';

export interface Target {
  /** With the query. */
  readonly path: string;
  readonly connections: Connections;
}

export interface Targets {
  /** Null when it is no http or https address. Not to be kept: asked for again at every request. */
  of(url: string): Target | null;
  close(error: Error): void;
}

export function openTargets(
  { guard, lookup = lookupAll }: { readonly guard: AddressGuard; readonly lookup?: Lookup },
  limits: SenderLimits,
): Targets {
  const targets = new Map<string, Target>();
  return {
    of(text) {
      const known = targets.get(text);
      if (known !== undefined) return known;
      const url = URL.parse(text);
      if (url === null || !['http:', 'https:'].includes(url.protocol)) return null;
      const connections = openConnections({
        url,
        connect: { guard, lookup, timeoutMs: limits.connectMs },
        limits,
        onEmpty: () => targets.delete(text),
      });
      const target = { path: url.pathname + url.search, connections };
      targets.set(text, target);
      return target;
    },
    close(error) {
      for (const { connections } of targets.values()) connections.close(error);
    },
  };
}
