/** Webhooks signed and verified, against the official library: each must take what the other signs, and refuse alike. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { signWebhook, verifyWebhook, type VerifyOptions } from '../src/index.ts';

const PAYMENT = {
  payment_id: '0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21',
  amount: 12.5,
  recipient: 'Zoë',
};
const BODY = JSON.stringify({
  type: 'payment.succeeded',
  timestamp: '2026-02-26T10:00:00.511Z',
  data: PAYMENT,
});
const ID = 'evt_0198a6c42f1e_3';
const SECRET = freshSecret();

function freshSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly secret: string;
}

async function received(secret: string | string[] = SECRET, at = new Date()): Promise<Received> {
  const headers = await signWebhook({ id: ID, at, body: BODY, secret });
  return { headers, body: BODY, secret: SECRET };
}

/** Whether ours takes it; it must not fail in any other way than by saying no. */
async function isTaken(options: VerifyOptions): Promise<boolean> {
  try {
    await verifyWebhook(options);
    return true;
  } catch (error) {
    expect(String(error)).toMatch(/^WebhookVerificationError: /);
    return false;
  }
}

function isTakenByOfficial({ headers, body, secret }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (error) {
    expect(String(error)).toContain('WebhookVerificationError');
    return false;
  }
}

function secondsAgo(seconds: number): Date {
  return new Date(Date.now() - seconds * 1000);
}

describe('the official library and this one', () => {
  test('sign the same bytes alike', async () => {
    const at = new Date('2026-02-26T10:00:00.900Z');
    const { headers } = await received(SECRET, at);
    expect(headers).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1772100000',
      'webhook-signature': new Webhook(SECRET).sign(ID, at, BODY),
    });
  });

  test('take the same webhooks and refuse the same', async () => {
    const good = await received();
    const rotated = await received([freshSecret(), SECRET]);
    const cases: Record<string, [Received, boolean]> = {
      good: [good, true],
      'two signatures, one of which fits': [rotated, true],
      'a signature of another version beside it': [
        withHeader(good, 'webhook-signature', (text) => `v1a,${'A'.repeat(88)} ${text} v9,x`),
        true,
      ],
      'a secret without its prefix': [{ ...good, secret: SECRET.slice('whsec_'.length) }, true],
      'another secret': [{ ...good, secret: freshSecret() }, false],
      'a changed byte of the body': [{ ...good, body: BODY.replace('12.5', '13.5') }, false],
      'one byte more': [{ ...good, body: `${BODY}\n` }, false],
      'another id': [withHeader(good, 'webhook-id', () => 'evt_1'), false],
      'another time': [
        withHeader(good, 'webhook-timestamp', (text) => String(Number(text) - 1)),
        false,
      ],
      'a changed signature': [
        withHeader(good, 'webhook-signature', (text) => `${text.slice(0, 8)}AAAA${text.slice(12)}`),
        false,
      ],
      'a signature cut short': [
        withHeader(good, 'webhook-signature', (text) => text.slice(0, 20)),
        false,
      ],
      'no known version': [
        withHeader(good, 'webhook-signature', (text) => text.replace('v1,', 'v2,')),
        false,
      ],
      'a header too few': [withHeader(good, 'webhook-id', () => ''), false],
      'a time that is none': [withHeader(good, 'webhook-timestamp', () => 'now'), false],
      'four minutes old': [await received(SECRET, secondsAgo(240)), true],
      'six minutes old': [await received(SECRET, secondsAgo(360)), false],
      'six minutes ahead': [await received(SECRET, secondsAgo(-360)), false],
    };
    for (const [name, [webhook, isGood]] of Object.entries(cases)) {
      expect([name, await isTaken(webhook)]).toEqual([name, isGood]);
      expect([name, isTakenByOfficial(webhook)]).toEqual([name, isGood]);
    }
  });

  test('agree about any change of any byte', async () => {
    const good = await received();
    const bytes = Buffer.from(BODY);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 127 }),
        async (at, bits) => {
          const changed = Buffer.from(bytes);
          changed.writeUInt8(changed.readUInt8(at) ^ bits, at);
          expect(await isTaken({ ...good, body: changed })).toBe(false);
          const text = changed.toString();
          if (text !== BODY) expect(isTakenByOfficial({ ...good, body: text })).toBe(false);
        },
      ),
    );
  });

  test('agree about any text, secret and id', async () => {
    const id = fc.string({ minLength: 1, unit: fc.constantFrom(...'abcXYZ_019.-') });
    const text = fc.json();
    const key = fc.uint8Array({ minLength: 1, maxLength: 64 });
    await fc.assert(
      fc.asyncProperty(id, text, key, async (anyId, body, bytes) => {
        const secret = `whsec_${Buffer.from(bytes).toString('base64')}`;
        const at = new Date();
        const headers = await signWebhook({ id: anyId, at, body, secret });
        expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(anyId, at, body));
      }),
    );
  });
});

function withHeader(webhook: Received, name: string, change: (text: string) => string): Received {
  return {
    ...webhook,
    headers: { ...webhook.headers, [name]: change(webhook.headers[name] ?? '') },
  };
}

describe('a verified webhook', () => {
  test('is an event with its id and the time of the attempt', async () => {
    const at = new Date('2026-02-26T10:00:01.000Z');
    const webhook = await received(SECRET, at);
    expect(await verifyWebhook({ ...webhook, now: at })).toEqual({
      id: ID,
      sentAt: at,
      type: 'payment.succeeded',
      timestamp: '2026-02-26T10:00:00.511Z',
      data: PAYMENT,
    });
  });

  test('is a payment without a type when the endpoint sends payments alone', async () => {
    const body = JSON.stringify(PAYMENT);
    const headers = await signWebhook({ id: ID, body, secret: SECRET });
    const event = await verifyWebhook({ headers, body, secret: SECRET });
    expect(event).toMatchObject({ id: ID, type: null, timestamp: null, data: PAYMENT });
  });

  test('may come as text, bytes, a buffer or a request, its headers in any form', async () => {
    const { headers } = await received();
    const secret = [freshSecret(), SECRET];
    const shouted = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const listed = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    );
    const bytes = new TextEncoder().encode(BODY);
    const request = new Request('http://127.0.0.1/', { method: 'POST', headers, body: BODY });
    const forms: VerifyOptions[] = [
      { headers, body: BODY, secret },
      { headers: new Headers(headers), body: bytes, secret },
      { headers: shouted, body: bytes.buffer, secret },
      { headers: listed, body: Buffer.from(BODY), secret },
      { request, secret },
    ];
    for (const form of forms) expect((await verifyWebhook(form)).id).toBe(ID);
  });
});

describe('a webhook that is refused', () => {
  test('says what is wrong with it, and never the secret', async () => {
    const good = await received();
    const now = new Date();
    const cases: [VerifyOptions, string, RegExp][] = [
      [{ ...good, headers: {} }, 'missing_header', /webhook-id/],
      [withHeader(good, 'webhook-timestamp', () => '1e9'), 'invalid_header', /seconds since 1970/],
      [withHeader(good, 'webhook-signature', () => 'v2,x'), 'invalid_header', /version 1/],
      [
        { ...good, secret: freshSecret() },
        'no_matching_signature',
        /1 secret\. .*another endpoint/,
      ],
      [
        { ...good, secret: [freshSecret(), freshSecret()] },
        'no_matching_signature',
        /1 signature .*2 secrets.*byte for byte/,
      ],
      [
        { ...(await received(SECRET, secondsAgo(400))), now },
        'too_old',
        /40\d seconds old, and 300/,
      ],
      [
        { ...(await received(SECRET, secondsAgo(-400))), now },
        'too_new',
        /(?:399|400) seconds ahead/,
      ],
      [{ ...good, toleranceSeconds: 0, now: secondsAgo(-60) }, 'too_old', /and 0 are allowed/],
    ];
    for (const [options, code, message] of cases) {
      const error: unknown = await verifyWebhook(options).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'WebhookVerificationError', code });
      expect(String(error)).toMatch(message);
      expect(String(error)).not.toContain(SECRET.slice('whsec_'.length));
    }
  });

  test('is one whose signed body is no event', async () => {
    for (const body of ['', '[]', '{"a":1}', 'no JSON', '{"type":"a","timestamp":"b"}']) {
      const headers = await signWebhook({ id: ID, body, secret: SECRET });
      const refusal = verifyWebhook({ headers, body, secret: SECRET });
      await expect(refusal).rejects.toMatchObject({ code: 'invalid_body' });
    }
  });
});

describe('a wrong argument', () => {
  test('is a TypeError that says what to pass', async () => {
    const { headers } = await received();
    const parsed = JSON.parse(BODY) as string;
    const used = new Request('http://127.0.0.1/', { method: 'POST', headers, body: BODY });
    await used.text();
    const cases: [VerifyOptions, RegExp][] = [
      [{ headers, body: parsed, secret: SECRET }, /raw body/],
      [{ headers, body: BODY, secret: [] }, /Pass the secret/],
      [{ headers, body: BODY, secret: 'whsec_not base64' }, /whsec_ and base64/],
      [{ headers, body: BODY, secret: 'whsec_abcde' }, /whsec_ and base64/],
      [{ request: used, secret: SECRET }, /read already/],
    ];
    for (const [options, message] of cases) {
      const error: unknown = await verifyWebhook(options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toMatch(message);
      expect(String(error)).not.toContain('not base64');
    }
  });
});
