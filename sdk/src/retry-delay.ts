/** How long to wait before the next attempt. */
import type { FarthingError } from './errors.ts';

export interface RetryQuestion {
  /** How often it was sent. */
  readonly attempts: number;
  /** A uniform number in [0, 1). */
  readonly draw: number;
  readonly retryDelayMs: number;
  readonly retryDelayMsMax: number;
}

/**
 * The first delay doubled with every attempt, somewhere in its upper half, so that callers who failed together do not
 * come back together. A Retry-After is kept to, and a little more; null when it asks for more than is waited for.
 */
export function retryDelayMs(
  { retryAfterMs }: Pick<FarthingError, 'retryAfterMs'>,
  { attempts, draw, retryDelayMs: firstMs, retryDelayMsMax }: RetryQuestion,
): number | null {
  const backoffMs = Math.min(firstMs * 2 ** (attempts - 1), retryDelayMsMax);
  if (retryAfterMs === null) return backoffMs * (0.5 + draw / 2);
  return retryAfterMs > retryDelayMsMax ? null : retryAfterMs + backoffMs * draw;
}

/** Rejects with the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
  signal?.throwIfAborted();
}
