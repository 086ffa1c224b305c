/** The id that ties a request to its log line, its event and its webhooks. */
import type { IncomingMessage } from 'node:http';
import { maskCardNumbers } from '../../core/card.ts';
import { REQUEST_ID_LENGTH_MAX } from './limits.ts';

/**
 * The caller's X-Request-Id when it is fit to stand in a log; else the trace id of its `traceparent` (W3C Trace
 * Context); else a fresh one. A malformed id is no reason to refuse a payment.
 */
export function requestId(raw: IncomingMessage, fresh: () => string): string {
  const { 'x-request-id': given, traceparent } = raw.headers;
  if (
    typeof given === 'string' &&
    given.length <= REQUEST_ID_LENGTH_MAX &&
    /^[\x21-\x7e]+$/.test(given)
  ) {
    return maskCardNumbers(given);
  }
  if (typeof traceparent === 'string') {
    const [, traceId] =
      /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent) ?? [];
    // Sixteen random bytes are never digits only: that is zeros, or a number put where none belongs.
    if (traceId !== undefined && !/^\d+$/.test(traceId)) return traceId;
  }
  return fresh();
}
