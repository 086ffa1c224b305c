/** Why an attempt failed, in a sentence for people. Nothing in it is secret. */

import { errors } from 'undici';

/** A failure that says of itself what it is. */
export class DeliveryError extends Error {}

/** By the `code` of what was thrown. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused: nothing listens there'],
  ['ECONNRESET', 'connection reset before an answer came'],
  ['EPIPE', 'connection closed while the request was sent'],
  ['UND_ERR_SOCKET', 'connection closed before an answer came'],
  ['ENOTFOUND', 'the name was not found'],
  ['ENODATA', 'the name has no address'],
  ['EAI_AGAIN', 'the name could not be looked up: no name server answered'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
  ['EADDRNOTAVAIL', 'the address cannot be connected to from here'],
  ['EHOSTDOWN', 'the host is down'],
  ['EACCES', 'connecting is not permitted by the system'],
  ['EMFILE', 'this server has too many files and connections open'],
  ['ETIMEDOUT', 'timed out while connecting'],
  ['UND_ERR_HEADERS_OVERFLOW', 'the head of the answer is too long'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'the answer does not have the length it says'],
  ['EPROTO', 'TLS failed: what answers there does not speak TLS'],
  ['CERT_HAS_EXPIRED', 'TLS failed: the certificate has expired'],
  ['CERT_NOT_YET_VALID', 'TLS failed: the certificate is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS failed: the certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS failed: the certificate chain is self-signed'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'TLS failed: the certificate is of an unknown authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS failed: the certificate is of an unknown authority'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS failed: the certificate is of an unknown authority'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS failed: the certificate is for another name'],
]);

/** Of where a redirect leads, as much is told. */
const LOCATION_CHARACTERS_MAX = 200;

/** Codes of a connection that the other side ended. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export function sentenceOf(error: unknown): string {
  if (error instanceof DeliveryError) return error.message;
  const code = codeOf(error);
  const known = SENTENCES.get(code);
  if (known !== undefined) return known;
  if (error instanceof errors.HTTPParserError) return 'the answer is not HTTP/1.1';
  if (code.startsWith('ERR_SSL_')) return SENTENCES.get('EPROTO') ?? code;
  return `failed${code === '' ? '' : ` (${code})`}`;
}

/** True when the other side ended the connection. */
export function isClosedByPeer(error: unknown): boolean {
  return CLOSED.has(codeOf(error));
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** What a status that is not 2xx means. */
export function sentenceOfStatus(status: number, location: string | undefined): string | null {
  if (status >= 200 && status < 300) return null;
  if (status < 300 || status >= 400 || status === 304) return `status ${status}`;
  const to = location === undefined ? '' : ` to ${location.slice(0, LOCATION_CHARACTERS_MAX)}`;
  return `status ${status}: a redirect${to}, and webhooks follow none; give the address itself`;
}
