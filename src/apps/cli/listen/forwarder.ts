/** Sends one webhook to a receiver of whoever runs the command, and says what came of it. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Payload } from '../../../core/webhooks/endpoint.ts';
import type { Signer } from '../../../engine/webhooks/ports.ts';
import { failureText } from '../client.ts';
import { type Fields, record, text } from '../wire.ts';

export interface Forwarding {
  readonly target: URL;
  readonly payload: Payload;
  readonly secret: string;
  readonly sign: Signer;
  /** Take any certificate. */
  readonly isUnverified: boolean;
}

export interface Forwarded {
  /** Null when no answer came. */
  readonly statusCode: number | null;
  /** Null when an answer came. */
  readonly error: string | null;
  readonly durationMs: number;
}

const ANSWER_MS_MAX = 30_000;

/** A receiver answers a few bytes; of what is longer the rest is not waited for. */
const ANSWER_BYTES_MAX = 65_536;

export async function forward(
  { target, payload, secret, sign, isUnverified }: Forwarding,
  event: unknown,
  stopped: AbortSignal,
): Promise<Forwarded> {
  const fields = record(event);
  const body = webhookBody(fields, payload);
  const beganAt = performance.now();
  const late = AbortSignal.timeout(ANSWER_MS_MAX);
  const result = await post(target, {
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Farthing-CLI',
      ...sign(text(fields, 'id'), body, [secret]),
    },
    isUnverified,
    signal: AbortSignal.any([late, stopped]),
  }).then(
    (statusCode) => ({ statusCode, error: null }),
    (error: unknown) => ({
      statusCode: null,
      error: stopped.aborted ? 'stopped before an answer came' : faultText(error, late.aborted),
    }),
  );
  return { ...result, durationMs: Math.round(performance.now() - beganAt) };
}

/** Failures of a TLS connection, by the codes of OpenSSL and Node. */
const TLS_FAULTS: Readonly<Record<string, string>> = {
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; --skip-verify takes it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed; --skip-verify takes it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted; --skip-verify takes it',
  CERT_HAS_EXPIRED: 'its certificate has expired; --skip-verify takes it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; --skip-verify takes it',
};

function faultText(error: unknown, isLate: boolean): string {
  if (isLate) return `no answer within ${ANSWER_MS_MAX / 1000} seconds`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return TLS_FAULTS[code] ?? failureText(error);
}

/** The bytes that the server would send for this event: JSON that was parsed is written as it stood. */
function webhookBody(event: Fields, payload: Payload): string {
  const { type, created_at: timestamp, data } = event;
  return JSON.stringify(payload === 'payment' ? data : { type, timestamp, data });
}

interface Post {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isUnverified: boolean;
  readonly signal: AbortSignal;
}

/** The status of the answer, once all of it that matters is there. A redirect is an answer like any other. */
async function post(url: URL, { body, headers, isUnverified, signal }: Post): Promise<number> {
  const isSecure = url.protocol === 'https:';
  // A connection of its own each time: the receiver is being developed, and restarts often.
  const options = { method: 'POST', headers, agent: false as const, signal };
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) => resolve(statusOf(answer));
    const request = isSecure
      ? https.request(url, { ...options, rejectUnauthorized: !isUnverified }, onAnswer)
      : http.request(url, options, onAnswer);
    request.on('error', reject);
    request.end(body);
  });
}

async function statusOf(answer: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > ANSWER_BYTES_MAX) break;
  }
  return answer.statusCode ?? 0;
}
