/** What a load generator is told and what it reports, as JSON between processes. */

/** Which requests are sent. */
export type Workload =
  | { readonly kind: 'payments' }
  /** Each by one of so many cards, drawn from the seed. */
  | { readonly kind: 'cards'; readonly cards: number; readonly seed: number };

export interface LoadOrder {
  readonly url: string;
  readonly workload: Workload;
  readonly connections: number;
  readonly seconds: number;
  /** Null for a closed loop: as fast as answers come. */
  readonly ratePerSecond: number | null;
}

export interface LoadResult {
  /** Wall clock of the first request. */
  readonly startedAtMs: number;
  readonly seconds: number;
  readonly requests: number;
  /** Answers other than 201. */
  readonly failures: number;
  /** The first of them, as it came; null when there was none or the generator does not keep it. */
  readonly firstFailure: string | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Null when the generator does not say. */
  readonly generatorCpuSeconds: number | null;
}

export function parseOrder(text: string): LoadOrder {
  return JSON.parse(text) as LoadOrder;
}

/** Throws for what is no result. */
export function parseResult(text: string): LoadResult {
  const result = JSON.parse(text) as LoadResult;
  const numbers = [result.requests, result.seconds, result.failures, result.p50Ms, result.p99Ms];
  if (!numbers.every(Number.isFinite)) throw new Error(`a generator reported: ${text}`);
  return result;
}
