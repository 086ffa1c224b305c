/**
 * docs/forcing-outcomes.md, held against a real server through both doors: each card and each amount tail of its tables
 * gives what stands beside it, in the order of precedence that it promises. The server declines whatever nothing forces.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, clientOf } from '../support/http.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

type Json = Readonly<Record<string, unknown>>;

const TEXT = readFileSync(new URL('../../docs/forcing-outcomes.md', import.meta.url), 'utf8');

/** The rows of the table in a section, as cells without their backticks. */
function tableOf(section: string, columns: number): string[][] {
  const [, body = ''] = new RegExp(`\n## ${section}\n([^]*?)(?:\n## |$)`).exec(TEXT) ?? [];
  const rows = body.split('\n').filter((line) => /^\| `\w+` \|/.test(line));
  const cells = rows.map((row) => row.split('|').slice(1, -1));
  return cells
    .filter((row) => row.length === columns)
    .map((row) => row.map((cell) => cell.trim().replaceAll('`', '')));
}

const REASONS = tableOf('simulate', 4).map(
  ([reason = '', code = '', message = '', retry = '']) => ({
    reason,
    decline: { code, message, retry },
  }),
);
const CARDS = tableOf('Test cards', 4).map(([number = '', , outcome = '']) => ({
  number,
  outcome,
}));
const TAILS = tableOf('Amount tails', 6).flatMap(
  ([tail = '', outcome = '', , usd = '', jpy = '', bhd = '']) => [
    { tail, outcome, currency: 'USD', amount: usd },
    { tail, outcome, currency: 'JPY', amount: jpy },
    { tail, outcome, currency: 'BHD', amount: bhd },
  ],
);

const folder = mkdtempSync(join(tmpdir(), 'farthing-forcing-'));
let server: ServerProcess & { url: string };
let client: Client;

beforeAll(async () => {
  server = await startServer({
    database: join(folder, 'test.db'),
    environment: {
      PROCESSING_DELAY_MS: '0',
      AMOUNT_TAILS: 'on',
      FAILURE_RATE: '1',
      RANDOM_DECLINE_RATE: '1',
      HIGH_AMOUNT_DECLINE_RATE: '1',
    },
  });
  client = clientOf(server.url, 4);
});
afterAll(async () => {
  client.close();
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true });
});

/** The body as JSON; an amount stands in it with the digits of the documentation. */
async function post(path: string, body: Json, amount: string): Promise<Json> {
  const text = JSON.stringify(body).replace(/\}$/, `,"amount":${amount}}`);
  const headers = { prefer: 'wait=10' };
  const answer = await client.call({ method: 'POST', path, headers, body: text });
  expect(`${answer?.status} ${answer?.text}`).toMatch(/^201 /);
  return JSON.parse(answer?.text ?? '') as Json;
}

/** Makes the payment at POST /payments and expects it to end so, with what is documented of the reason. */
async function expectPayment(body: Json, amount: string, outcome: string): Promise<void> {
  const asked = { currency: 'USD', recipient: 'alice@example.com', ...body };
  const payment = await post('/payments', asked, amount);
  const known = REASONS.find(({ reason }) => reason === outcome);
  expect(payment).toMatchObject(
    outcome === 'APPROVE'
      ? { status: 'SUCCESS', failure_reason: null, decline: null }
      : { status: 'FAILED', failure_reason: outcome, decline: known?.decline },
  );
}

/** The same at POST /payment. */
async function expectAuthorization(body: Json, amount: string, outcome: string): Promise<void> {
  const asked = { currency: 'USD', merchant: 'Coffee Shop', ...body };
  const answer = await post('/payment', asked, amount);
  const known = REASONS.find(({ reason }) => reason === outcome);
  expect(answer).toMatchObject(
    outcome === 'APPROVE'
      ? { status: 'Approved', failure_reason: null, decision_reason: null }
      : { status: 'Declined', failure_reason: outcome, decision_reason: known?.decline.message },
  );
}

const ORDINARY = '4000001234567890';

describe('the page', () => {
  test('has all that the server lists', async () => {
    expect([REASONS.length, CARDS.length, TAILS.length]).toEqual([17, 29, 12]);
    const listed = (await client.json('/test-cards')) as {
      cards: readonly { number: string; outcome: string }[];
      amount_tails: readonly object[];
      reasons: readonly Json[];
    };
    expect(listed.cards.map(({ number, outcome }) => ({ number, outcome }))).toEqual(CARDS);
    const tails = TAILS.filter(({ currency }) => currency === 'USD');
    expect(listed.amount_tails).toEqual(tails.map(({ tail, outcome }) => ({ tail, outcome })));
    expect(listed.reasons).toEqual(REASONS.map(({ reason, decline }) => ({ reason, ...decline })));
  });
});

describe('every test card', () => {
  test.each(CARDS)('$number ends with $outcome', async ({ number, outcome }) => {
    await expectPayment({ card: { number } }, '20', outcome);
    await expectAuthorization({ card_number: number }, '20', outcome);
  });

  test.each(CARDS)('$number does so with separators between its digits', async (card) => {
    const number = card.number.replace(/\d{4}(?=\d)/g, '$& ');
    await expectPayment({ card: { number } }, '20', card.outcome);
    await expectPayment({ card: { number: number.replaceAll(' ', '-') } }, '20', card.outcome);
  });
});

describe('every amount tail', () => {
  test.each(TAILS)(
    '$amount $currency ends with $outcome',
    async ({ amount, currency, outcome }) => {
      await expectPayment({ currency }, amount, outcome);
      await expectPayment({ currency, card: { number: ORDINARY } }, amount, outcome);
      await expectAuthorization({ currency, card_number: ORDINARY }, amount, outcome);
    },
  );

  test('but no other forces anything', async () => {
    await expectPayment({ currency: 'BHD' }, '1.510', 'PROCESSING_ERROR');
    await expectPayment({}, '10.52', 'PROCESSING_ERROR');
  });
});

describe('every outcome', () => {
  test.each(['APPROVE', ...REASONS.map(({ reason }) => reason)])(
    '%s can be asked for',
    async (outcome) => {
      await expectPayment({ simulate: { outcome } }, '20', outcome);
      await expectAuthorization({ card_number: ORDINARY, simulate: { outcome } }, '20', outcome);
    },
  );
});

describe('where several speak, the first wins:', () => {
  const [approved, poor, stolen] = ['4242424242424242', '4000000000009995', '4000000000009979'];
  const past = { exp_month: 1, exp_year: 2020 };
  const approve = { outcome: 'APPROVE' };
  const lost = { outcome: 'LOST_CARD' };

  test.each<[string, Json, string, string]>([
    [
      'an amount that is none before simulate and all else',
      { simulate: approve, card: { number: approved, ...past } },
      '0',
      'INVALID_AMOUNT',
    ],
    [
      'an amount below zero before a recipient that is absent',
      { simulate: approve, recipient: null },
      '-10.51',
      'INVALID_AMOUNT',
    ],
    [
      'a recipient that is absent before simulate and all else',
      { simulate: lost, recipient: ' ', card: { number: stolen, ...past } },
      '10.91',
      'INVALID_REQUEST',
    ],
    [
      'a currency that is absent before simulate and all else',
      { simulate: approve, currency: null, card: { number: approved } },
      '10.91',
      'INVALID_REQUEST',
    ],
    [
      'simulate before an expired card, a test card and a tail',
      { simulate: lost, card: { number: poor, ...past } },
      '10.91',
      'LOST_CARD',
    ],
    [
      'simulate before them all when it approves',
      { simulate: approve, card: { number: poor, ...past } },
      '20000.91',
      'APPROVE',
    ],
    [
      'the first of a sequence',
      { simulate: { sequence: ['STOLEN_CARD', 'APPROVE'] }, card: { number: poor } },
      '10.91',
      'STOLEN_CARD',
    ],
    [
      'an expired card before a test card that approves and a tail',
      { card: { number: approved, ...past } },
      '10.91',
      'EXPIRED_CARD',
    ],
    [
      'an expired card before a test card that declines',
      { card: { number: stolen, ...past } },
      '20',
      'EXPIRED_CARD',
    ],
    [
      'an expired card before the rules',
      { card: { number: ORDINARY, ...past } },
      '20',
      'EXPIRED_CARD',
    ],
    ['a test card before a tail', { card: { number: poor } }, '10.91', 'INSUFFICIENT_FUNDS'],
    ['a test card that approves before a tail', { card: { number: approved } }, '10.91', 'APPROVE'],
    [
      'a test card before the fraud threshold',
      { card: { number: approved } },
      '20000.00',
      'APPROVE',
    ],
    ['a delay alone forces nothing', { simulate: { delay_ms: 1 } }, '10.91', 'ISSUER_UNAVAILABLE'],
    ['a tail before the fraud threshold', {}, '20000.91', 'ISSUER_UNAVAILABLE'],
    ['a tail before the rates', { card: { number: ORDINARY } }, '10.05', 'DO_NOT_HONOR'],
    ['the fraud threshold before the rates', {}, '20000', 'FRAUD_SUSPECTED'],
    ['the rates when nothing else speaks', {}, '20', 'PROCESSING_ERROR'],
  ])('%s', async (_, body, amount, outcome) => {
    await expectPayment(body, amount, outcome);
  });

  test.each<[string, Json, string, string]>([
    [
      'simulate before a test card and a tail',
      { card_number: poor, simulate: lost },
      '10.91',
      'LOST_CARD',
    ],
    [
      'simulate before them all when it approves',
      { card_number: poor, simulate: approve },
      '10.91',
      'APPROVE',
    ],
    ['a test card before a tail', { card_number: stolen }, '10.91', 'STOLEN_CARD'],
    ['a test card that approves before a tail', { card_number: approved }, '10.91', 'APPROVE'],
    ['a tail before the rates', { card_number: ORDINARY }, '20000.91', 'ISSUER_UNAVAILABLE'],
  ])('%s, when a card is authorized', async (_, body, amount, outcome) => {
    await expectAuthorization(body, amount, outcome);
  });

  test('the rates when nothing else speaks, when a card is authorized', async () => {
    const asked = { card_number: ORDINARY, merchant: 'Coffee Shop' };
    const sentences = {
      20: 'Random decline to simulate the network.',
      20000: 'High amount flagged by risk rules.',
    };
    for (const [amount, sentence] of Object.entries(sentences)) {
      expect(await post('/payment', asked, amount)).toMatchObject({
        status: 'Declined',
        decision_reason: sentence,
      });
    }
  });

  test.each(['0', '-1'])(
    'what is invalid is no authorization at all: amount %s',
    async (amount) => {
      const simulate = '"simulate":{"outcome":"APPROVE"}';
      const body = `{"card_number":"${approved}","merchant":"Shop","amount":${amount},${simulate}}`;
      const answer = await client.call({ method: 'POST', path: '/payment', body });
      expect(answer?.status).toBe(400);
    },
  );
});

test('no number that was sent stands in the log', async () => {
  await client.json('/test-cards');
  expect(server.output()).toContain('/test-cards');
  for (const { number } of CARDS) expect(server.output()).not.toContain(number);
});
