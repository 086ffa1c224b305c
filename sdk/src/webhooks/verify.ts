/**
 * Verifies a webhook: that who sent it knows a secret, that its bytes are those which were signed, and that it is
 * fresh. Needs the body as it came: text or bytes, never an object that was parsed and is written again.
 */
import { eventOf, type WebhookEvent } from './event.ts';
import {
  ID_HEADER,
  isSameText,
  SIGNATURE_HEADER,
  signatureOf,
  TIMESTAMP_HEADER,
} from './signature.ts';

export type HeaderSource =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>;

interface VerifyRules {
  /** `whsec_…`, or several of them: any may fit. */
  readonly secret: string | readonly string[];
  /** How far the sender's clock and ours may be apart; 300 when absent. */
  readonly toleranceSeconds?: number | undefined;
  /** For tests: what the time is. */
  readonly now?: Date | undefined;
}

export type VerifyOptions =
  | (VerifyRules & {
      /** Of a `Request`, or of Node's `IncomingMessage`. */
      readonly headers: HeaderSource;
      /** The raw body. */
      readonly body: string | Uint8Array | ArrayBuffer;
    })
  | (VerifyRules & {
      /** Whose body nobody has read yet. */
      readonly request: Request;
    });

export type WebhookFault =
  | 'missing_header'
  | 'invalid_header'
  | 'no_matching_signature'
  | 'too_old'
  | 'too_new'
  | 'invalid_body';

/** The webhook must not be believed. Answer it with a 4xx; `message` is for your log. */
export class WebhookVerificationError extends Error {
  override readonly name: string = 'WebhookVerificationError';
  readonly code: WebhookFault;

  constructor(code: WebhookFault, message: string) {
    super(message);
    this.code = code;
  }
}

/** A webhook lists few signatures, two while its secret is rotated; more are not looked at. */
const SIGNATURES_MAX = 32;

/**
 * Resolves with what the webhook says; rejects with a `WebhookVerificationError` when it must not be believed, and
 * with a `TypeError` when the arguments are wrong (no secret, a body that was parsed).
 */
export async function verifyWebhook(options: VerifyOptions): Promise<WebhookEvent> {
  const { toleranceSeconds = 300, now = new Date() } = options;
  const secrets = typeof options.secret === 'string' ? [options.secret] : options.secret;
  if (secrets.length === 0) throw new TypeError('Pass the secret of the endpoint: whsec_….');
  const source = 'request' in options ? options.request.headers : options.headers;
  const id = headerOf(source, ID_HEADER);
  const timestamp = headerOf(source, TIMESTAMP_HEADER);
  const signatures = signaturesIn(headerOf(source, SIGNATURE_HEADER));
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError(
      'invalid_header',
      `${TIMESTAMP_HEADER} must be seconds since 1970 in digits.`,
    );
  }
  const body = 'request' in options ? await bodyOf(options.request) : bytesOf(options.body);
  await assertSigned({ id, timestamp, body }, secrets, signatures);
  assertFresh(Number(timestamp), now, toleranceSeconds);
  const event = eventOf(body, { id, sentAt: new Date(Number(timestamp) * 1000) });
  if (event !== null) return event;
  throw new WebhookVerificationError(
    'invalid_body',
    'The signature is right, but the body is neither an event of Farthing nor a payment.',
  );
}

function headerOf(source: HeaderSource, name: string): string {
  const value = source instanceof Headers ? source.get(name) : fieldOf(source, name);
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookVerificationError(
    'missing_header',
    `There is no header ${name}: this is no webhook, or something in between dropped it.`,
  );
}

/** Frameworks hand on names in lower case, a record made by hand may not. */
function fieldOf(
  record: Exclude<HeaderSource, Headers>,
  name: string,
): string | readonly string[] | undefined {
  const key = Object.keys(record).find((field) => field.toLowerCase() === name);
  const value = key === undefined ? undefined : record[key];
  return typeof value === 'object' && value.length === 1 ? value[0] : value;
}

/** Those of version 1; others may stand beside them. */
function signaturesIn(header: string): readonly string[] {
  const all = header.split(' ').filter((signature) => signature.startsWith('v1,'));
  if (all.length > 0) return all.slice(0, SIGNATURES_MAX);
  throw new WebhookVerificationError(
    'invalid_header',
    `${SIGNATURE_HEADER} has no signature of version 1: «v1,» and base64.`,
  );
}

async function bodyOf(request: Request): Promise<Uint8Array> {
  if (request.bodyUsed) {
    throw new TypeError(
      'The body of this request was read already; pass its text or bytes as `body`, with `headers`.',
    );
  }
  return new Uint8Array(await request.arrayBuffer());
}

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError(
    'Pass the raw body, as text or bytes. One that was parsed cannot be verified: written again, its bytes differ.',
  );
}

/** Compares every signature with every secret, also after one fits: how long it takes tells nothing. */
async function assertSigned(
  content: { readonly id: string; readonly timestamp: string; readonly body: Uint8Array },
  secrets: readonly string[],
  signatures: readonly string[],
): Promise<void> {
  const expected = await Promise.all(secrets.map((secret) => signatureOf(content, secret)));
  const fits = expected.flatMap((right) => signatures.map((given) => isSameText(given, right)));
  if (fits.includes(true)) return;
  throw new WebhookVerificationError(
    'no_matching_signature',
    `${count(signatures.length, 'signature')} came and none fits ${count(secrets.length, 'secret')}. Either the secret is of another endpoint, or the body is not what was sent, byte for byte: was it parsed and written again?`,
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function assertFresh(timestamp: number, now: Date, toleranceSeconds: number): void {
  const ageSeconds = Math.floor(now.getTime() / 1000) - timestamp;
  if (ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError(
      'too_old',
      `The signature is right but ${ageSeconds} seconds old, and ${toleranceSeconds} are allowed: it was sent again by somebody else, or this clock is fast.`,
    );
  }
  if (ageSeconds < -toleranceSeconds) {
    throw new WebhookVerificationError(
      'too_new',
      `The signature is right but ${-ageSeconds} seconds ahead, and ${toleranceSeconds} are allowed: this clock is slow.`,
    );
  }
}
