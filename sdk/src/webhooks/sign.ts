/** Signs a body as Farthing does: for tests of a receiver, and for who sends webhooks of his own. */
import { ID_HEADER, SIGNATURE_HEADER, signatureOf, TIMESTAMP_HEADER } from './signature.ts';

export interface SignOptions {
  /** The event's id: the same for every attempt to deliver it. */
  readonly id: string;
  /** When this attempt was made; now when absent. */
  readonly at?: Date | undefined;
  readonly body: string | Uint8Array;
  /** `whsec_…`; with several, the header has a signature of each, as while a secret is rotated. */
  readonly secret: string | readonly string[];
}

export type WebhookHeaders = Record<
  typeof ID_HEADER | typeof TIMESTAMP_HEADER | typeof SIGNATURE_HEADER,
  string
>;

/** The three headers of Standard Webhooks for this body. */
export async function signWebhook(options: SignOptions): Promise<WebhookHeaders> {
  const { id, at = new Date(), body, secret } = options;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const secrets = typeof secret === 'string' ? [secret] : secret;
  const signatures = await Promise.all(
    secrets.map((each) => signatureOf({ id, timestamp, body: bytes }, each)),
  );
  return {
    [ID_HEADER]: id,
    [TIMESTAMP_HEADER]: timestamp,
    [SIGNATURE_HEADER]: signatures.join(' '),
  };
}
