/** Paths of requests: as asked, and as they may be shown. */
import type { FastifyRequest } from 'fastify';
import { hideCardNumbers } from '../../core/card.ts';

/** Longer paths are cut where they are shown. */
const SHOWN_LENGTH_MAX = 200;

/** The path that was asked, without the query. */
export function pathOf({ url }: FastifyRequest): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** The path as it may be answered and stored: what could be a card number in it is hidden, also when it is percent-encoded. */
export function printablePath(request: FastifyRequest): string {
  const path = pathOf(request);
  const decoded = percentDecoded(path);
  const masked = hideCardNumbers(decoded);
  return (masked === decoded ? path : masked).slice(0, SHOWN_LENGTH_MAX);
}

/** Byte for byte, whatever comes of it: to look for digits in, not to be shown as a text. */
export function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
