/** Requests made by chance: from what a careful client sends to what nobody would. */
import type { Chance } from '../support/chance.ts';
import type { Body, Headers } from './app.ts';
import {
  anyValue,
  enormous,
  garbage,
  mangled,
  NUMBERS,
  SEGMENTS,
  STRINGS,
  WRONG_IDS,
} from './hostile.ts';

export interface MadeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Body | undefined;
}

export interface Generator {
  next(): MadeRequest;
  /** An id that exists from now on. */
  know(id: string): void;
}

/** Ids kept to be asked for again; older ones make way. */
const KNOWN_MAX = 2_000;

/** Keyed requests kept to be sent again as they were. */
const KEYED_MAX = 500;

export function requestGenerator(chance: Chance): Generator {
  const known: string[] = [];
  const keyed: MadeRequest[] = [];
  let made = 0;
  const idOf = () =>
    known.length > 0 && chance.happens(0.8) ? chance.pick(known) : chance.pick(WRONG_IDS);
  return {
    know(id) {
      if (known.length < KNOWN_MAX) known.push(id);
      else known[chance.int(0, KNOWN_MAX - 1)] = id;
    },
    next() {
      made += 1;
      if (keyed.length > 0 && chance.happens(0.05)) return chance.pick(keyed);
      const request = newRequest(chance, idOf, made);
      if ('idempotency-key' in request.headers) {
        if (keyed.length < KEYED_MAX) keyed.push(request);
        else keyed[chance.int(0, KEYED_MAX - 1)] = request;
      }
      return request;
    },
  };
}

function newRequest(chance: Chance, idOf: () => string, made: number): MadeRequest {
  const kind = chance.int(0, 99);
  if (kind < 30) return post(chance, '/payments', paymentBody(chance), made);
  if (kind < 40) return post(chance, `/payments/${idOf()}/refund`, refundBody(chance), made);
  if (kind < 46) return post(chance, `/payments/${idOf()}/retry`, retryBody(chance), made);
  if (kind < 92) return get(chance, readPath(chance, idOf), made);
  return anything(chance, idOf, made);
}

function post(chance: Chance, url: string, body: Body | undefined, made: number): MadeRequest {
  const headers = { ...writeHeaders(chance, made), ...someHeaders(chance, made) };
  return { method: 'POST', url, body, headers };
}

function get(chance: Chance, url: string, made: number): MadeRequest {
  const method = chance.happens(0.9) ? 'GET' : 'HEAD';
  return { method, url, body: undefined, headers: someHeaders(chance, made) };
}

function anything(chance: Chance, idOf: () => string, made: number): MadeRequest {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
  const method = chance.pick(methods);
  const depth = chance.int(1, 4);
  const path = Array.from({ length: depth }, () => chance.pick(SEGMENTS)).join('/');
  const url = chance.happens(0.4) ? readPath(chance, idOf) : `/${path}`;
  // The one request that removes what the others made: drawn once in ten runs, it made a sound store look like a loss.
  if (method === 'DELETE' && url === '/admin/reset') return anything(chance, idOf, made);
  const hasBody = method !== 'GET' && method !== 'HEAD' && chance.happens(0.5);
  return {
    method,
    url,
    body: hasBody ? paymentBody(chance) : undefined,
    headers: { ...someHeaders(chance, made), ...(hasBody ? writeHeaders(chance, made) : {}) },
  };
}

// ---- paths

const PLAIN = [
  '/summary',
  '/health',
  '/livez',
  '/readyz',
  '/ledger/accounts',
  '/ledger/trial-balance',
  '/errors',
  '/',
];

function readPath(chance: Chance, idOf: () => string): string {
  const kind = chance.int(0, 99);
  if (kind < 30) return `/payments/${idOf()}`;
  if (kind < 52) return `/payments${query(chance, listParameters(chance, idOf))}`;
  if (kind < 62) return `/events${query(chance, logParameters(chance, idOf))}`;
  if (kind < 70) return `/payments/${idOf()}/events${query(chance, logParameters(chance, idOf))}`;
  if (kind < 76) return `/ledger/entries?payment_id=${encodeURIComponent(idOf())}`;
  if (kind < 80) return `/refunds/re_${idOf()}`;
  if (kind < 84) return `/errors/${chance.pick(SEGMENTS)}`;
  return chance.pick(PLAIN);
}

function query(chance: Chance, parameters: readonly string[]): string {
  const count = chance.int(0, 3);
  const chosen = Array.from({ length: count }, () => chance.pick(parameters));
  const text = chosen.join('&');
  return count === 0 ? '' : `?${chance.happens(0.05) ? mangledQuery(chance, text) : text}`;
}

/** Not even a hostile query holds what ends it or what no client can send. */
function mangledQuery(chance: Chance, text: string): string {
  return encodeURI(mangled(chance, text).toWellFormed().replaceAll('#', ''));
}

function listParameters(chance: Chance, idOf: () => string): readonly string[] {
  return [
    `limit=${chance.pick(['1', '2', '20', '100', '0', '101', '-1', 'x', '1e1', '', '99999999999'])}`,
    `status=${chance.pick(['SUCCESS', 'FAILED,REFUNDED', 'failed', 'SUCESS', '', ',', 'CREATED'])}`,
    `currency=${chance.pick(['USD', 'jpy', 'XXX', '', 'US', '%00'])}`,
    `method=${chance.pick(['account', 'card', 'cash'])}`,
    `failure_reason=${chance.pick(['PROCESSING_ERROR', 'INVALID_AMOUNT', 'NONE'])}`,
    `created_at[gte]=${chance.pick(TIMES)}`,
    `created_at%5Blt%5D=${chance.pick(TIMES)}`,
    `amount[gte]=${chance.pick(['0', '1', '19.99', '1e3', '-1', '999999999999.9999', '1.00001'])}`,
    `amount[lte]=${chance.pick(['0', '100', '0.0001', 'x'])}`,
    `reference=${chance.pick(['r-1', '', '%00', '%ED%A0%80', 'x'.repeat(256)])}`,
    `q=${chance.pick(['al', 'a', '%25', '_', '%F0%9F%98%80', '', encodeURIComponent(idOf())])}`,
    `cursor=${chance.pick(CURSORS)}`,
    `${chance.pick(['stauts', '__proto__', 'constructor', '', '%00', 'a[b]'])}=1`,
  ];
}

function logParameters(chance: Chance, idOf: () => string): readonly string[] {
  return [
    `limit=${chance.pick(['1', '20', '500', '501', '0', 'x'])}`,
    `type=${chance.pick(['payment.created', 'payment.failed,payment.succeeded', 'x', ''])}`,
    `after=${chance.pick(CURSORS)}`,
    `payment_id=${encodeURIComponent(idOf())}`,
    `cursor=x`,
  ];
}

const TIMES = [
  '2026-01-01T00:00:00Z',
  '2999-12-31T23:59:59.999Z',
  '0000-01-01T00:00:00Z',
  '2026-01-01T00:00:00%2B14:00',
  '2026-01-01T00:00:00+14:00',
  '2026-13-01T00:00:00Z',
  '2026-01-01',
  'now',
  '',
];

const CURSORS = [
  '',
  'x',
  ...[
    'payments:5',
    'payments:999999999999999',
    'payments:0 ',
    'payments:7 alice',
    'events:0.1',
    'events:x',
  ].map((text) => Buffer.from(text).toString('base64url')),
];

// ---- headers

function writeHeaders(chance: Chance, made: number): Headers {
  const type = chance.happens(0.95)
    ? 'application/json'
    : chance.pick([
        'text/plain',
        '',
        'application/json;charset=x',
        'a/b',
        ';',
        'application/x+json',
      ]);
  const key = chance.happens(0.25)
    ? chance.pick([
        `key-${made}`,
        `shared-${chance.int(1, 50)}`,
        'x'.repeat(chance.pick([255, 256])),
        '',
        'two words',
        'cl\u00e9',
        '"quoted"',
      ])
    : null;
  const prefer = chance.happens(0.05)
    ? chance.pick(['wait=1', 'wait=0', 'wait', 'wait=x', 'respond-async', 'wait=-1', ''])
    : null;
  return {
    'content-type': type,
    ...(key === null ? {} : { 'idempotency-key': key }),
    ...(prefer === null ? {} : { prefer }),
  };
}

function someHeaders(chance: Chance, made: number): Headers {
  const headers: Record<string, string> = {};
  if (chance.happens(0.9)) headers['x-request-id'] = `request-${made}`;
  else if (chance.happens(0.5)) {
    headers['x-request-id'] = chance.pick(['', 'same', '4242424242424242', 'a b', 'x'.repeat(129)]);
  }
  if (chance.happens(0.03)) headers['origin'] = chance.pick(ORIGINS);
  if (chance.happens(0.02)) headers['host'] = chance.pick(HOSTS);
  if (chance.happens(0.02)) headers['authorization'] = chance.pick(['Bearer x', 'Basic eDp4', '']);
  if (chance.happens(0.02)) headers['traceparent'] = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  if (chance.happens(0.01)) headers['access-control-request-method'] = 'POST';
  return headers;
}

const ORIGINS = ['http://localhost:5173', 'http://evil.example', 'null', ''];
const HOSTS = ['localhost:8000', '127.0.0.1', '[::1]', 'evil.example', ':80', 'a b'];

// ---- bodies

function paymentBody(chance: Chance): Body | undefined {
  const kind = chance.int(0, 99);
  if (kind < 55) return objectText(chance, carefulFields(chance));
  if (kind < 65) return objectText(chance, carelessFields(chance));
  if (kind < 80) return objectText(chance, withHostileField(chance, carefulFields(chance)));
  if (kind < 90) return mangled(chance, objectText(chance, carefulFields(chance)));
  if (kind < 94) return garbage(chance);
  if (kind < 97) return chance.pick(['', ' ', 'null', '[]', '1', '"x"', '{}', '{', '\ufeff{}']);
  return enormous(chance);
}

type Field = readonly [name: string, value: string];

/** What is accepted, if not always with success. */
function carefulFields(chance: Chance): readonly Field[] {
  const fields: Field[] = [
    ['amount', chance.pick([String(chance.int(-1, 9_999)), '19.00', '1e2', '0.0', '20000'])],
    ['currency', chance.pick(['"USD"', '"usd"', '"EUR"', '"JPY"', '"kwd"', '"CHF"', '" "'])],
    ['recipient', chance.pick(RECIPIENTS)],
  ];
  if (chance.happens(0.2))
    fields.push(['reference', chance.pick(['"r-1"', '"r-2"', 'null', '""'])]);
  if (chance.happens(0.1))
    fields.push(['description', chance.pick(['"4242424242424242"', '"\\n"'])]);
  if (chance.happens(0.1))
    fields.push(['metadata', chance.pick(['{}', 'null', '{"a":1.5,"b":"c"}'])]);
  if (chance.happens(0.2)) fields.push(['simulate', chance.pick(WISHES)]);
  return fields;
}

const WISHES = [
  '{"outcome":"APPROVE"}',
  '{"outcome":"PROCESSING_ERROR"}',
  '{"sequence":["PROCESSING_ERROR","APPROVE"]}',
  '{"delay_ms":5}',
  'null',
];

function carelessFields(chance: Chance): readonly Field[] {
  const fields: Field[] = [['amount', chance.pick(NUMBERS)]];
  if (chance.happens(0.9)) fields.push(['currency', chance.pick(CURRENCIES)]);
  if (chance.happens(0.9)) fields.push(['recipient', chance.pick(STRINGS)]);
  if (chance.happens(0.2)) fields.push(['description', chance.pick(STRINGS)]);
  if (chance.happens(0.2))
    fields.push(['capture', chance.pick(['"automatic"', 'null', '"manual"'])]);
  if (chance.happens(0.3)) fields.push(['metadata', metadata(chance)]);
  if (chance.happens(0.3)) fields.push(['simulate', simulate(chance)]);
  return fields;
}

const CURRENCIES = ['"USD"', '"usd"', '"EUR"', '"JPY"', '"KWD"', '"CLF"', 'null', '" "', '"XXX"'];
const RECIPIENTS = [
  '"alice@example.com"',
  '"Alina"',
  '"bob"',
  '"\u{1f600}"',
  '"al"',
  '"x"',
  'null',
];

function simulate(chance: Chance): string {
  const outcome = chance.pick(['"APPROVE"', '"PROCESSING_ERROR"', '"LOST_CARD"', '"NOPE"', 'null']);
  // Waits in this run are of one second: a payment may take longer than that, but not often.
  const delay = chance.pick(['0', '1', '20', '3600000', '3600001', '-1', '0.5']);
  return chance.pick([
    `{"outcome":${outcome}}`,
    `{"sequence":["PROCESSING_ERROR",${outcome}]}`,
    `{"delay_ms":${delay}}`,
    `{"outcome":${outcome},"delay_ms":${delay}}`,
    `{"outcome":${outcome},"sequence":[${outcome}]}`,
    'null',
    '{}',
  ]);
}

function metadata(chance: Chance): string {
  const count = chance.int(0, 4);
  const facts = Array.from(
    { length: count },
    () =>
      `${chance.pick(STRINGS)}:${chance.happens(0.7) ? chance.pick(STRINGS) : anyValue(chance)}`,
  );
  return `{${facts.join(',')}}`;
}

function withHostileField(chance: Chance, fields: readonly Field[]): readonly Field[] {
  const place = chance.int(0, fields.length - 1);
  const name = chance.happens(0.2) ? chance.pick(STRINGS).slice(1, -1) : (fields[place]?.[0] ?? '');
  const hostile: Field = [name, anyValue(chance)];
  return chance.happens(0.2) ? [...fields, hostile] : fields.with(place, hostile);
}

function objectText(chance: Chance, fields: readonly Field[]): string {
  const space = chance.pick(['', '', ' ', '\n']);
  return `{${fields.map(([name, value]) => `"${name}":${space}${value}`).join(`,${space}`)}}`;
}

function refundBody(chance: Chance): Body | undefined {
  if (chance.happens(0.3)) return undefined;
  if (chance.happens(0.1)) return mangled(chance, '{"amount":10,"reason":"late"}');
  const amount = chance.happens(0.7) ? String(chance.int(1, 100)) : anyValue(chance);
  const reason = chance.happens(0.5) ? `,"reason":${chance.pick(STRINGS)}` : '';
  return `{"amount":${amount}${reason}}`;
}

function retryBody(chance: Chance): Body | undefined {
  return chance.happens(0.7) ? undefined : chance.pick(['{}', 'null', '{"a":1}', '[]', '', '{']);
}
