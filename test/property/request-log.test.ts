/**
 * Requests made by chance with card numbers and secrets in every place that a request has: in bodies that are read,
 * refused or broken, in addresses, in headers, in names and in values, however they are spelled. Nothing of them can be
 * read from GET /requests, and no card number and no credential is even kept.
 *
 * FARTHING_SEED repeats a run.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cardNumber } from '../support/cards.ts';
import { chanceFrom, freshSeed } from '../support/chance.ts';
import { type Answer, jsonOf, type Service, testService, type WireList } from './app.ts';
import { mangled } from './hostile.ts';

const SEED = process.env['FARTHING_SEED'] ?? freshSeed();
const ROUNDS = 30;
/** Fewer than the log holds of a kind, so that every one is looked at. */
const REQUESTS_A_ROUND = 80;
const DIGITS_SEEN_MAX = 11;

const chance = chanceFrom(SEED);
const numbers: string[] = [];
const secrets: string[] = [];
/** What is a secret to this server: must not be kept at all. */
const credentials: string[] = [];

let api: Service;
beforeAll(async () => {
  api = await testService({ PROCESSING_DELAY_MS: '0', LOG_LEVEL: 'silent' });
});
afterAll(() => api.close());

// ---- what must not be seen

/** Half of them with a wrong check digit. */
function number(): string {
  const right = cardNumber(chance.int(0, 999_999_999), '516732');
  const wrong = right.slice(0, -1) + String((Number(right.at(-1)) + 5) % 10);
  const made = chance.happens(0.5) ? right : wrong;
  numbers.push(made);
  return made;
}

function rightNumber(): string {
  const made = cardNumber(chance.int(0, 999_999_999), '516732');
  numbers.push(made);
  return made;
}

const grouped = (digits: string, separator: string) =>
  digits.replace(/(\d{4})(?=\d)/g, `$1${separator}`);

function spelled(digits: string): string {
  return chance.pick([
    digits,
    grouped(digits, ' '),
    grouped(digits, '-'),
    [...digits].join(' '),
    `pay ${digits} now`,
    `x${digits}y`,
    `12 ${grouped(digits, ' ')}`,
    `${digits} ${digits}`,
  ]);
}

function secret(): string {
  const made = `s3cr3t${secrets.length}${'q'.repeat(chance.int(1, 30))}end`;
  secrets.push(made);
  return made;
}

function whsec(): string {
  return `whsec_${secret()}${chance.pick(['', '==', '+/a'])}`;
}

function credential(): string {
  const made = `cr3d3nt1al${credentials.length}${'z'.repeat(20)}`;
  credentials.push(made);
  secrets.push(made);
  return made;
}

// ---- where it stands

const SECRET_NAMES = [
  'secret',
  'client_secret',
  'clientSecret',
  'api_key',
  'apiKey',
  'password',
  'access_token',
  'authorization',
  'cvc',
  'card_cvv2',
  'security_code',
  'privateKey',
  'idempotency_key',
];

function bodyValue(depth = 0): unknown {
  const kind = chance.int(0, depth > 3 ? 5 : 8);
  if (kind === 0) return spelled(number());
  if (kind === 1) return Number(number());
  if (kind === 2) return `see ${whsec()} and ${spelled(number())}`;
  if (kind === 3) return `Bearer ${credential()}`;
  if (kind === 4) return `https://bob:${secret()}@shop.example/hook?a=1&token=${secret()}`;
  if (kind === 5) return chance.pick([1, null, true, 'plain', 19.99]);
  if (kind === 6) return [bodyValue(depth + 1), bodyValue(depth + 1)];
  return bodyObject(depth + 1);
}

function bodyObject(depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (let count = chance.int(1, 4); count > 0; count -= 1) {
    const kind = chance.int(0, 4);
    if (kind === 0) fields[spelled(number())] = 1;
    else if (kind === 1) fields[chance.pick(SECRET_NAMES)] = secretValue();
    else fields[chance.pick(['recipient', 'note', 'a', 'description'])] = bodyValue(depth);
  }
  return fields;
}

function secretValue(): unknown {
  return chance.pick([
    () => secret(),
    () => [secret(), { deep: secret() }],
    () => ({ [secret()]: secret(), b: 'c' }),
  ])();
}

function soundBody(): Record<string, unknown> {
  const pan = number();
  const texts = { [spelled(pan)]: pan, note: spelled(pan), api_key: secret(), plain: whsec() };
  return chance.pick([
    { card_number: pan, amount: 5, merchant: spelled(pan), metadata: texts },
    { card: { number: grouped(pan, '-') }, amount: 5, currency: 'EUR', recipient: spelled(pan) },
    {
      amount: 5,
      currency: 'EUR',
      recipient: spelled(rightNumber()),
      metadata: { [secretName()]: secret() },
    },
  ]);
}

const secretName = () => chance.pick(SECRET_NAMES);

/** Some of its characters as escapes: the same to whoever reads JSON. */
function escaped(text: string): string {
  return text.replace(/[a-z0-9 -]/gi, (character) =>
    chance.happens(0.2) ? `\\u00${character.charCodeAt(0).toString(16)}` : character,
  );
}

const percent = (text: string) =>
  [...text]
    .map((character) =>
      chance.happens(0.5) && character.charCodeAt(0) < 128
        ? `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
        : encodeURIComponent(character),
    )
    .join('');

function body(): string | undefined {
  const kind = chance.int(0, 9);
  if (kind < 3) return JSON.stringify(soundBody());
  if (kind < 5) return escapedText(JSON.stringify(soundBody()));
  if (kind < 7) return escapedText(JSON.stringify(bodyObject(0)));
  // Broken anywhere, a secret's name too: only what can be told by its form is in it.
  if (kind < 9)
    return mangled(chance, JSON.stringify({ card_number: number(), a: `x ${spelled(number())}` }));
  return JSON.stringify({
    a: 'x'.repeat(chance.int(8_000, 8_192)),
    b: spelled(number()),
    c: whsec(),
  });
}

/** Inside of its strings only. */
function escapedText(json: string): string {
  return json.replace(/"[^"\\]*"/g, (text) => `"${escaped(text.slice(1, -1))}"`);
}

function address(): string {
  const known = ['/payments', '/payment', '/webhook-endpoints', '/events', '/summary', '/nowhere'];
  const path = chance.pick([
    () => chance.pick(known),
    () => chance.pick(known),
    () => `/payments/${percent(spelled(number()))}`,
    () => `/transaction/${number()}`,
    () => `/${percent(`a ${spelled(number())}`)}/x`,
    () => `/${'p'.repeat(chance.int(950, 1_010))}${percent(spelled(number()))}`,
  ])();
  const parameters = [
    () => `q=${percent(spelled(number()))}`,
    () => `${percent(spelled(number()))}=1`,
    () => `${percent(secretName())}=${percent(secret())}`,
    () => `limit=5`,
    () => `a=${percent(whsec())}`,
  ];
  const query = Array.from({ length: chance.int(0, 3) }, () => chance.pick(parameters)());
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

function headers(): Record<string, string> {
  const all: readonly (() => Record<string, string>)[] = [
    () => ({ authorization: `Bearer ${credential()}` }),
    () => ({ 'x-api-key': credential() }),
    () => ({ cookie: `session=${credential()}` }),
    () => ({ 'idempotency-key': credential() }),
    () => ({ 'x-anything': credential() }),
    () => ({ 'user-agent': `shop ${spelled(number())}` }),
    () => ({ referer: `http://a.example/?q=${percent(number())}&token=${secret()}` }),
    () => ({ 'x-request-id': `r-${rightNumber()}` }),
    () => ({ [`x-${number()}`]: '1' }),
    () => ({ traceparent: `00-${rightNumber()}${rightNumber()}-${number()}-01` }),
    () => ({ prefer: spelled(number()) }),
  ];
  const chosen = Array.from({ length: chance.int(0, 4) }, () => chance.pick(all)());
  return Object.fromEntries(chosen.flatMap((some) => Object.entries(some)));
}

async function send(): Promise<Answer> {
  const method = chance.pick(['POST', 'POST', 'POST', 'GET', 'PUT', 'PATCH', 'DELETE']);
  return api.send(method, address(), method === 'GET' ? undefined : body(), headers());
}

/** Endpoints whose secrets the service itself makes and tells. */
async function makeEndpoint(): Promise<void> {
  const made = await api.post('/webhook-endpoints', {
    url: `http://127.0.0.1:9/${secrets.length}`,
  });
  const { id, secret: first } = jsonOf<{ id: string; secret: string }>(made);
  const rotated = await api.post(`/webhook-endpoints/${id}/rotate-secret`);
  const { secret: second } = jsonOf<{ secret: string }>(rotated);
  await api.send('DELETE', `/webhook-endpoints/${id}`);
  for (const told of [first, second]) {
    expect(told).toMatch(/^whsec_.{20}/);
    credentials.push(told.slice('whsec_'.length));
    secrets.push(told.slice('whsec_'.length));
  }
}

// ---- looking

/** What the text says to whoever decodes it. */
function decoded(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\+u00([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

function leakedNumber(text: string): string | null {
  const beginnings = new Set(numbers.map((digits) => digits.slice(0, DIGITS_SEEN_MAX + 1)));
  for (const [run] of decoded(text).matchAll(/\d(?:[ -]?\d){11,}/g)) {
    const digits = run.replace(/[ -]/g, '');
    for (let start = 0; start + DIGITS_SEEN_MAX < digits.length; start += 1) {
      const window = digits.slice(start, start + DIGITS_SEEN_MAX + 1);
      if (beginnings.has(window)) return window;
    }
  }
  return null;
}

function leaked(text: string, among: readonly string[]): string | null {
  const plain = decoded(text);
  return among.find((one) => plain.includes(one)) ?? null;
}

async function readLog(): Promise<string[]> {
  const said: string[] = [];
  for (let cursor = '', isMore = true; isMore;) {
    const answer = await api.get(`/requests?limit=100${cursor}`);
    const page = jsonOf<WireList<{ id: string }>>(answer);
    said.push(answer.body);
    for (const { id } of page.data) {
      const one = await api.get(`/requests/${id}`);
      expect(one.statusCode).toBe(200);
      said.push(one.body);
    }
    isMore = page.has_more;
    cursor = `&cursor=${page.next_cursor}`;
  }
  return said;
}

test(
  `requests with card numbers and secrets everywhere (seed ${SEED}) leave none in the request log`,
  { timeout: 120_000 },
  async () => {
    console.log(`FARTHING_SEED=${SEED}`);
    const statuses = new Set<number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      numbers.length = 0;
      secrets.length = 0;
      credentials.length = 0;
      await makeEndpoint();
      for (let sent = 0; sent < REQUESTS_A_ROUND; sent += 1)
        statuses.add((await send()).statusCode);
      for (const { request } of api.app.requestLog.list()) {
        const kept = JSON.stringify(request);
        const found = leakedNumber(kept) ?? leaked(kept, credentials);
        expect([found, found === null ? '' : kept]).toEqual([null, '']);
      }
      const said = await readLog();
      expect(said.length).toBeGreaterThan(REQUESTS_A_ROUND / 2);
      for (const text of said) {
        const found = leakedNumber(text) ?? leaked(text, secrets);
        expect([found, found === null ? '' : text]).toEqual([null, '']);
      }
    }
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 400, 404, 405]));
  },
);

test('the search itself finds what must not be there', () => {
  const digits = number();
  for (const text of [
    digits,
    grouped(digits, '-'),
    percent(digits),
    escaped(digits),
    `"a${digits}`,
  ]) {
    expect(leakedNumber(`before ${text} after`)).toBe(digits.slice(0, 12));
  }
  expect(leaked(`a ${percent(secret())}`, secrets)).toBe(secrets.at(-1));
});
