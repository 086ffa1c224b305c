/** From a request to what a sink keeps of it: as text when it can be one, without credentials and card numbers. */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { maskCardNumbers } from '../../core/card.ts';
import { cutAt, withoutCutNumber } from './cut-text.ts';
import { SINK_KEPT_BODY_BYTES } from './limits.ts';
import type { SinkMessage } from './sink-store.ts';

const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);

type Kept = Pick<
  SinkMessage,
  'method' | 'headers' | 'body' | 'encoding' | 'isTruncated' | 'webhookId'
>;

export function keptOf({ method, headers }: FastifyRequest, body: Buffer): Kept {
  return {
    method,
    headers: keptHeaders(headers),
    ...keptBody(body),
    webhookId: textOf(headers['webhook-id']),
  };
}

function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      maskCardNumbers(name),
      CREDENTIALS.has(name) ? '(masked)' : maskCardNumbers(textOf(value) ?? ''),
    ]),
  );
}

function textOf(value: string | string[] | undefined): string | null {
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

function keptBody(body: Buffer): Pick<Kept, 'body' | 'encoding' | 'isTruncated'> {
  const isText = isUtf8(body);
  const isTruncated = body.length > SINK_KEPT_BODY_BYTES;
  const bytes = isTruncated
    ? body.subarray(0, isText ? cutAt(body, SINK_KEPT_BODY_BYTES) : SINK_KEPT_BODY_BYTES)
    : body;
  const text = bytes.toString(isText ? 'utf8' : 'latin1');
  const masked = maskCardNumbers(isTruncated ? withoutCutNumber(text) : text);
  return isText
    ? { body: masked, encoding: 'utf8', isTruncated }
    : { body: Buffer.from(masked, 'latin1').toString('base64'), encoding: 'base64', isTruncated };
}
