import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { isSecret, newSecret } from './secret.ts';
import { signer } from './sign.ts';
import { verdictOf, type SignatureVerdict } from './verify.ts';

const secretOf = (byte: number): string => newSecret((bytes) => Buffer.alloc(bytes, byte));
const ours = secretOf(1);
const before = secretOf(2);
const foreign = secretOf(3);
const body = '{"type":"payment.succeeded","data":{"name":"Zoë 💳"}}';

/** The library looks at the real clock. */
const realSeconds = (): number => Math.floor(Date.now() / 1_000);
const now = 1_700_000_000;

describe('what we sign', () => {
  test('is what the official library verifies, with either secret of a rotation', () => {
    const headers = signer(realSeconds)('evt_1', body, [ours, before]);
    expect(new Webhook(ours).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(before).verify(body, headers)).toEqual(JSON.parse(body));
  });

  test('is what the official library signs', () => {
    const headers = signer(() => now)('evt_1', body, [ours]);
    expect(headers).toEqual({
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(now),
      'webhook-signature': new Webhook(ours).sign('evt_1', new Date(now * 1_000), body),
    });
  });

  test('is refused by the official library after a changed byte, when old, with another secret', () => {
    const headers = signer(realSeconds)('evt_1', body, [ours]);
    const old = signer(() => realSeconds() - 301)('evt_1', body, [ours]);
    const webhook = new Webhook(ours);
    expect(() => webhook.verify(body.replace('succeeded', 'succeeder'), headers)).toThrow(
      /No matching signature/,
    );
    expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow(
      /No matching signature/,
    );
    expect(() => webhook.verify(body, old)).toThrow(/too old/);
    expect(() => new Webhook(foreign).verify(body, headers)).toThrow(/No matching signature/);
  });

  test('stays right while more secrets come than are kept prepared', () => {
    const sign = signer(() => now);
    const secrets = Array.from({ length: 600 }, (_, index) =>
      newSecret((bytes) => Buffer.alloc(bytes, `${index}`)),
    );
    for (const secret of [...secrets, ...secrets]) {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      const text = `evt_1.${now}.${body}`;
      const expected = createHmac('sha256', key).update(text).digest('base64');
      expect(sign('evt_1', body, [secret])['webhook-signature']).toBe(`v1,${expected}`);
    }
  });
});

test('a secret is whsec_ and the base64 of 24 to 64 bytes', () => {
  expect(ours).toMatch(/^whsec_[\w+/]{43}=$/);
  const good = [24, 32, 64].map((bytes) => `whsec_${Buffer.alloc(bytes, 9).toString('base64')}`);
  const bad = [23, 65].map((bytes) => `whsec_${Buffer.alloc(bytes, 9).toString('base64')}`);
  expect([...good, ours.replace('=', '')].every(isSecret)).toBe(true);
  const wrong = [
    ...bad,
    '',
    'whsec_',
    ours.slice(6),
    `${ours}!`,
    ours.replace('A', '-'),
    'whsec_a b',
  ];
  expect(wrong.filter(isSecret)).toEqual([]);
});

describe('a verdict', () => {
  const verdict = (
    headers: Record<string, string | string[] | undefined>,
    { text = body, secrets = [ours], seconds = now } = {},
  ): SignatureVerdict => verdictOf({ headers, body: Buffer.from(text), secrets }, seconds);
  const signed = signer(() => now)('evt_1', body, [ours]);
  const old = signer(() => now)('evt_1', body, [before]);

  test('is good for what we sign and for what the official library signs', () => {
    const theirs = new Webhook(ours).sign('evt_1', new Date(now * 1_000), body);
    const reason = 'signed with the secret of the endpoint';
    expect(verdict(signed)).toEqual({ valid: true, reason });
    expect(verdict({ ...signed, 'webhook-signature': theirs })).toEqual({ valid: true, reason });
    expect(verdict(signed, { seconds: now + 300 }).valid).toBe(true);
    expect(verdict(signed, { seconds: now - 300 }).valid).toBe(true);
  });

  test('says by which secret of a rotation', () => {
    const secrets = [ours, before];
    const both = signer(() => now)('evt_1', body, secrets);
    expect(verdict(both, { secrets })).toEqual({
      valid: true,
      reason: 'signed with the current secret',
    });
    expect(verdict(old, { secrets })).toMatchObject({
      valid: true,
      reason: expect.stringContaining('the previous one during a rotation') as string,
    });
    expect(verdict(both, { secrets: [before] }).valid).toBe(true);
  });

  test('looks at every signature, also of repeated headers and of other versions', () => {
    const { 'webhook-signature': signature } = signed;
    const several = `v1a,AAAA v1,AAAA v1,${'A'.repeat(43)}= ${signature}`;
    expect(verdict({ ...signed, 'webhook-signature': several }).valid).toBe(true);
    expect(verdict({ ...signed, 'webhook-signature': ['v1,AAAA', signature] }).valid).toBe(true);
    expect(verdict({ ...signed, 'webhook-signature': `v1,AAAA, ${signature}` }).valid).toBe(true);
  });

  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(signed).filter(([name]) => !names.includes(name)));

  test.each([
    ['nothing', {}, {}, /^not signed: the headers webhook-id, webhook-timestamp, webhook-sig/],
    ['no id', without('webhook-id'), {}, /incompletely signed: webhook-id is missing/],
    [
      'an id only',
      without('webhook-timestamp', 'webhook-signature'),
      {},
      /webhook-timestamp and webhook-signature are missing/,
    ],
    ['no endpoint', signed, { secrets: [] }, /^no endpoint points at this sink, so there is no/],
    ['a wrong time', { ...signed, 'webhook-timestamp': 'noon' }, {}, /not a whole number/],
    ['an old one', signed, { seconds: now + 301 }, /is right, but webhook-timestamp is 301 s ago/],
    ['a young one', signed, { seconds: now - 400 }, /webhook-timestamp is 400 s in the future/],
    ['a changed byte', signed, { text: `${body} ` }, /the v1 signature is not .* body was changed/],
    ['another id', { ...signed, 'webhook-id': 'evt_2' }, {}, /the v1 signature is not/],
    ['another secret', signed, { secrets: [foreign] }, /signed with another secret/],
    ['more secrets', signed, { secrets: [foreign, before] }, /any of the secrets/],
    ['an unusable secret', signed, { secrets: ['whsec_?'] }, /the v1 signature is not/],
    [
      'other versions only',
      { ...signed, 'webhook-signature': 'v2,AAAA' },
      {},
      /no signature of version v1/,
    ],
    [
      'several wrong ones',
      { ...signed, 'webhook-signature': 'v1,AAAA v1,ä' },
      {},
      /none of the 2 v1 signatures is/,
    ],
  ] as const)('explains %s', (_, headers, options, reason) => {
    const { valid, reason: found } = verdict(headers, options as Parameters<typeof verdict>[1]);
    expect(valid).toBe(false);
    expect(found).toMatch(reason);
    expect(found).not.toContain('whsec_');
  });
});
