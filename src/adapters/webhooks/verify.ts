/** Says what the signature of something received is worth, in words for whoever looks into a built-in receiver. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { keyOf } from './secret.ts';

export interface SignatureQuestion {
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Those that would be right, the newest first. */
  readonly secrets: readonly string[];
}

export interface SignatureVerdict {
  readonly valid: boolean;
  /** What was found, and what to do about it. */
  readonly reason: string;
}

/** A message is older or younger than this only when somebody sends it again, or a clock is wrong. */
const TOLERANCE_SECONDS = 300;

/** A sender has one signature a secret. Whatever comes after these is not looked at. */
const SIGNATURES_MAX = 16;

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** Never throws. The time that it takes does not depend on how much of a signature is right. */
export function verdictOf(question: SignatureQuestion, nowSeconds: number): SignatureVerdict {
  const [id, timestamp, signature] = HEADERS.map((name) => headerOf(question, name));
  if (id === undefined || timestamp === undefined || signature === undefined) {
    return invalid(missing(question));
  }
  if (question.secrets.length === 0) {
    return invalid('no endpoint points at this sink, so there is no secret to check with');
  }
  if (!/^\d{1,12}$/.test(timestamp)) {
    return invalid('webhook-timestamp is not a whole number of seconds since 1970');
  }
  const signatures = signature
    .split(/[ ,]*\s+/, SIGNATURES_MAX)
    .filter((text) => text.startsWith('v1,'))
    .map((text) => text.slice('v1,'.length));
  if (signatures.length === 0) {
    return invalid('webhook-signature holds no signature of version v1 (v1,<base64>)');
  }
  const matching = question.secrets
    .map((secret) => isSignedWith(secret, `${id}.${timestamp}.`, question.body, signatures))
    .indexOf(true);
  if (matching < 0) return invalid(noMatch(signatures.length, question.secrets.length));
  const fault = timeFault(nowSeconds - Number(timestamp));
  if (fault !== null) return invalid(`the signature is right, but ${fault}`);
  return { valid: true, reason: whichSecret(matching, question.secrets.length) };
}

function invalid(reason: string): SignatureVerdict {
  return { valid: false, reason };
}

function headerOf({ headers }: SignatureQuestion, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(' ') : value;
}

function missing(question: SignatureQuestion): string {
  const names = HEADERS.filter((name) => headerOf(question, name) === undefined);
  return names.length === HEADERS.length
    ? `not signed: the headers ${HEADERS.join(', ')} are missing`
    : `incompletely signed: ${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} missing`;
}

function isSignedWith(
  secret: string,
  head: string,
  body: Buffer,
  signatures: readonly string[],
): boolean {
  const key = keyOf(secret);
  if (key === null) return false;
  const right = Buffer.from(createHmac('sha256', key).update(head).update(body).digest('base64'));
  const matches = signatures.filter((text) => {
    const given = Buffer.from(text);
    return given.length === right.length && timingSafeEqual(given, right);
  });
  return matches.length > 0;
}

function noMatch(signatures: number, secrets: number): string {
  const which =
    signatures === 1 ? 'the v1 signature is not' : `none of the ${signatures} v1 signatures is`;
  const by = secrets === 1 ? 'the secret' : 'any of the secrets';
  return `${which} that of this id, timestamp and body with ${by} of the endpoint: the body was changed on the way, or it was signed with another secret`;
}

function timeFault(ageSeconds: number): string | null {
  if (Math.abs(ageSeconds) <= TOLERANCE_SECONDS) return null;
  const [seconds, where] = ageSeconds > 0 ? [ageSeconds, 'ago'] : [-ageSeconds, 'in the future'];
  return `webhook-timestamp is ${seconds} s ${where}, and only ${TOLERANCE_SECONDS} s are tolerated: sent again by somebody, or a clock is wrong`;
}

function whichSecret(index: number, secrets: number): string {
  if (secrets === 1) return 'signed with the secret of the endpoint';
  return index === 0
    ? 'signed with the current secret'
    : 'not signed with the current secret, but with another that still counts: the previous one during a rotation, or that of another endpoint';
}
