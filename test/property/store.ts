/** Something put between an engine and its store, where a test wants it; and waiting for what comes by itself. */
import type { CommandRequest, Store } from '../../src/engine/ports.ts';

/** The store, but `before` is asked (and may throw or wait) before each batch. */
export function withBatch(
  store: Store,
  before: (requests: readonly CommandRequest[]) => Promise<void> | void,
): Store {
  return {
    ...store,
    async batch(requests, decideAll) {
      await before(requests);
      return store.batch(requests, decideAll);
    },
  };
}

/** Asks until `isSo` answers true; throws when that takes longer than `withinMs`, which is not a limit but a sign of a hang. */
export async function expectEventually(
  isSo: () => Promise<boolean> | boolean,
  withinMs = 20_000,
): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not so within ${withinMs} ms`);
    await passed(5);
  }
}

export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
