/** Entries of the request log as they go out: everything is redacted here, whatever was taken out before. */
import { isoTime } from '../../engine/snapshot.ts';
import { redactedAnswer, redactedJson, redactedText } from './redaction.ts';
import type { KeyVerdict } from './request-log-schemas.ts';
import type { LoggedRequest, RingEntry } from './request-ring.ts';

const PAYMENT_PATH =
  /^\/(?:payments|transaction|audit)\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:\/|$)/i;
const PAYMENT_ANSWER =
  /^\{(?:"refund_id":"[^"]*",)?"(?:payment|transaction)_id":"([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})"/;
const ERROR_ANSWER = /"code":"([a-z_]+)"/;

export function wireRequest({ ordinal, request }: RingEntry) {
  const { url, status } = request;
  const start = url.indexOf('?');
  const errorCode = errorCodeOf(request);
  return {
    id: `req_${ordinal}`,
    request_id: request.requestId,
    at: isoTime(Math.round(request.atMs)),
    method: request.method,
    path: start === -1 ? url : url.slice(0, start),
    query: start === -1 ? null : url.slice(start + 1),
    route: request.route,
    status,
    duration_ms: Math.round(request.durationMs * 1000) / 1000,
    actor: request.actor === '' ? null : request.actor,
    idempotency: idempotencyOf(request, errorCode),
    payment_id: paymentIdOf(request),
    error_code: errorCode,
  };
}

export function wireRequestWithBodies(entry: RingEntry) {
  const { requestHeaders, responseHeaders, requestBody, responseBody } = entry.request;
  return {
    ...wireRequest(entry),
    request_headers: shownPairs(requestHeaders),
    request_body: requestBody.text === null ? null : redactedJson(requestBody.text),
    request_truncated: requestBody.isCut,
    response_headers: shownHeaders(responseHeaders),
    response_body: responseBody.text === null ? null : redactedAnswer(responseBody.text),
    response_truncated: responseBody.isCut,
  };
}

function errorCodeOf({ status, responseBody }: LoggedRequest): string | null {
  if (status === null || status < 400) return null;
  return ERROR_ANSWER.exec(responseBody.text ?? '')?.[1] ?? null;
}

function idempotencyOf(
  { key, responseHeaders }: LoggedRequest,
  errorCode: string | null,
): { key_present: true; verdict: KeyVerdict } | null {
  if (key === 'none') return null;
  const verdict = (): KeyVerdict => {
    if (responseHeaders['idempotent-replayed'] === 'true') return 'replayed';
    if (errorCode === 'idempotency_key_reused') return 'mismatch';
    if (errorCode === 'idempotency_key_in_use') return 'waiting';
    return key === 'used' ? 'new' : 'unused';
  };
  return { key_present: true, verdict: verdict() };
}

function paymentIdOf({ url, responseBody }: LoggedRequest): string | null {
  const [path = ''] = url.split('?', 1);
  const inPath = PAYMENT_PATH.exec(path)?.[1];
  return inPath?.toLowerCase() ?? PAYMENT_ANSWER.exec(responseBody.text ?? '')?.[1] ?? null;
}

function shownPairs(pairs: readonly string[]): Record<string, string> {
  const shown: [string, string][] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    shown.push([pairs[index] ?? '', redactedText(pairs[index + 1] ?? '')]);
  }
  return Object.fromEntries(shown);
}

function shownHeaders(headers: LoggedRequest['responseHeaders']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, redactedText(String(value))]),
  );
}
