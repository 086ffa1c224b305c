import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  expectPayment,
  expectProblem,
  jsonOf,
  PAYMENT,
  type TestApp,
  testApp,
  type WireList,
  type WirePayment,
} from '../../../../test/property/app.ts';
import { BUILTIN_RULES } from '../../rules/builtin.ts';
import { compileRules } from '../../rules/compile.ts';
import { exampleOf } from '../examples.ts';
import { RulesRequestSchema, RulesSchema } from '../rules-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

interface WireEvent {
  readonly type: string;
  readonly payment_id: string | null;
  readonly request_id: string;
  readonly cause: unknown;
  readonly data: unknown;
}

const CARD = { card_number: '4000001234567890', amount: 20, merchant: 'Coffee Shop' };

const opened: TestApp[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
});

async function open(options: Parameters<typeof testApp>[0] = {}): Promise<TestApp> {
  const api = await testApp({ settings: { randomDeclineRate: 0 }, ...options });
  opened.push(api);
  return api;
}

/** The built-in document with some parts in the place of its own. */
function documentWith(parts: Json): Json {
  return { ...BUILTIN_RULES, ...parts };
}

function put(api: TestApp, document: unknown, headers = {}): Promise<Answer> {
  const body = document === undefined ? undefined : JSON.stringify(document);
  return api.send('PUT', '/rules', body, { 'content-type': 'application/json', ...headers });
}

async function replaced(api: TestApp, document: Json): Promise<Json> {
  const answer = await put(api, document);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 /);
  return jsonOf<Json>(answer);
}

async function rules(api: TestApp): Promise<Json> {
  const answer = await api.get('/rules');
  expect(answer.statusCode).toBe(200);
  return jsonOf<Json>(answer);
}

async function settle(api: TestApp, answer: Answer): Promise<WirePayment> {
  const { payment_id: id } = expectPayment(answer, 201);
  await api.runTimers();
  return expectPayment(await api.get(`/payments/${id}`));
}

describe('GET /rules', () => {
  test('begins with the built-in document', async () => {
    expect(await rules(await open())).toEqual(BUILTIN_RULES);
  });
});

describe('PUT /rules', () => {
  test('keeps the document as it understood it, and says so', async () => {
    const api = await open();
    const rule = { name: 'never', when: 'amount > 1', decline: 'RULE_BLOCKED', message: null };
    const document = documentWith({ lists: { block: { ips: null } }, card: [rule] });
    const kept = await replaced(api, document);
    expect(kept).toEqual(
      documentWith({ card: [{ name: 'never', when: 'amount > 1', decline: 'RULE_BLOCKED' }] }),
    );
    expect(await rules(api)).toEqual(kept);
  });

  test('takes what GET answers, byte for byte', async () => {
    const api = await open();
    const { body } = await api.get('/rules');
    const answer = await api.send('PUT', '/rules', body, { 'content-type': 'application/json' });
    expect(answer.body).toBe(body);
  });

  test('is written down whole, with who asked', async () => {
    const api = await open();
    const kept = await put(api, documentWith({ card: [] }), { 'x-request-id': 'req-7' });
    const [event] = jsonOf<WireList<WireEvent>>(await api.get('/events')).data;
    expect(event).toMatchObject({
      type: 'rules.changed',
      payment_id: null,
      request_id: 'req-7',
      cause: { command: 'change_rules' },
    });
    expect(event?.data).toEqual(jsonOf(kept));
    expect(JSON.parse((await api.engine.store.setting('rules')) ?? '')).toEqual(event?.data);
  });

  test('is for keys that may write', async () => {
    const sha256 = hash('sha256', 'a-secret-of-16-chars');
    const api = await open({ http: { apiKeys: [{ name: 'eve', sha256, mayWrite: false }] } });
    const key = { authorization: 'Bearer a-secret-of-16-chars' };
    expect((await api.get('/rules', key)).statusCode).toBe(200);
    expectProblem(await put(api, BUILTIN_RULES, key), 403, 'read_only_key');
    expectProblem(await put(api, BUILTIN_RULES), 401, 'unauthorized');
  });

  const rule = (fields: Json) => documentWith({ card: [{ name: 'a_rule', ...fields }] });
  test.each<[string, unknown, string, string, string]>([
    ['nothing', undefined, '', 'wrong_type', 'must be an object'],
    ['a list', [], '', 'wrong_type', 'must be an object'],
    ['no pipelines', {}, '/invalid', 'missing_field', 'is needed'],
    ['another field', documentWith({ cards: [] }), '/cards', 'unknown_field', 'did you mean card?'],
    [
      'another fact',
      rule({ when: 'amout > 1', review: true }),
      '/card/0/when',
      'unknown_fact',
      'column 1: amout is no fact; did you mean amount?',
    ],
    [
      'broken grammar',
      rule({ when: 'amount >', review: true }),
      '/card/0/when',
      'syntax_error',
      'column',
    ],
    ['no action', rule({}), '/card/0', 'missing_field', 'decline, approve, review'],
    [
      'another reason',
      rule({ decline: 'LOST_CRD' }),
      '/card/0/decline',
      'not_one_of',
      'did you mean LOST_CARD?',
    ],
    [
      'a probability above one',
      rule({ decline: 'LOST_CARD', probability: 1.1 }),
      '/card/0/probability',
      'out_of_range',
      'from 0 to 1',
    ],
    [
      'two rules of one name',
      documentWith({
        account: [
          { name: 'a', review: true },
          { name: 'a', review: true },
        ],
      }),
      '/account/1/name',
      'duplicate_name',
      'earlier rule',
    ],
    ['an emptied check', documentWith({ invalid: [] }), '/invalid', 'required_rule', 'must have'],
    [
      'a card number',
      documentWith({ lists: { block: { fingerprints: ['4242 4242 4242 4242'] } } }),
      '/lists/block/fingerprints/0',
      'card_number',
      'fingerprint',
    ],
  ])('refuses %s and says where and why', async (_, document, pointer, code, detail) => {
    const api = await open();
    const untouched = await api.footprint();
    const answer = await put(api, document);
    const problem = expectProblem(answer, 400, 'invalid_rules');
    const fault = problem.errors.find((one) => one.pointer === pointer && one.code === code);
    expect(fault?.detail).toContain(detail);
    expect(answer.body).not.toContain('4242');
    expect(await api.footprint()).toEqual(untouched);
    expect(await rules(api)).toEqual(BUILTIN_RULES);
  });

  test('says all that is wrong at once', async () => {
    const faulty = { name: 'B a d', when: '1 +', decline: 'NO' };
    const answer = await put(await open(), documentWith({ account: [faulty], card: [faulty] }));
    const { errors, detail } = expectProblem(answer, 400, 'invalid_rules');
    expect(errors).toHaveLength(6);
    expect(detail).toMatch(/^\/account\/0\/name: .* \(and 5 more, see errors\)$/);
  });

  test('is no way around strict JSON and the limits of bodies', async () => {
    const api = await open();
    const text = JSON.stringify(documentWith({ card: [] }));
    const type = { 'content-type': 'application/json' };
    const twice = text.replace('"card":[]', '"card":[],"card":[]');
    expectProblem(await api.send('PUT', '/rules', twice, type), 400, 'duplicate_key');
    expectProblem(await api.send('PUT', '/rules', text.slice(1), type), 400, 'invalid_json');
    const large = documentWith({ lists: { block: { ips: Array(6_000).fill('192.0.2.17/32') } } });
    expectProblem(await put(api, large), 413, 'body_too_large');
    expect(await rules(api)).toEqual(BUILTIN_RULES);
  });

  test('100 times at once: each is in the log, and the last one holds', async () => {
    const api = await open();
    const documents = Array.from({ length: 100 }, (_, index) =>
      documentWith({ card: [{ name: `rule_${index}`, review: true }] }),
    );
    const answers = await Promise.all(documents.map((document) => replaced(api, document)));
    expect(answers).toEqual(documents);
    expect(await rules(api)).toEqual(documents[99]);
    const { data } = jsonOf<WireList<WireEvent>>(await api.get('/events?limit=500'));
    expect(data.map((event) => event.data)).toEqual(documents);
  });
});

describe('rules that were put', () => {
  const EVERYTHING = [{ name: 'nobody_pays', decline: 'RULE_BLOCKED', message: 'Closed today.' }];

  test('hold at once, for payments that are under way too', async () => {
    const api = await open();
    const made = await api.post('/payments', PAYMENT);
    await replaced(api, documentWith({ account: EVERYTHING, card: EVERYTHING }));
    expect(await settle(api, made)).toMatchObject({ failure_reason: 'RULE_BLOCKED' });
    expect(await api.settled(PAYMENT)).toMatchObject({ failure_reason: 'RULE_BLOCKED' });
    expect(jsonOf(await api.post('/payment', CARD))).toMatchObject({
      status: 'Declined',
      decision_reason: 'Closed today.',
      failure_reason: 'RULE_BLOCKED',
      rule: 'nobody_pays',
    });
    // What was asked for comes before rules.
    expect(await api.settled({ ...PAYMENT, simulate: { outcome: 'APPROVE' } })).toMatchObject({
      status: 'SUCCESS',
    });
    await replaced(api, { ...BUILTIN_RULES });
    expect(await api.settled(PAYMENT)).toMatchObject({ status: 'SUCCESS' });
  });

  test('are asked about payments of the same batch that were sent behind them', async () => {
    const api = await open();
    const all = documentWith({ account: EVERYTHING, card: EVERYTHING });
    const [, ...answers] = await Promise.all([
      put(api, all),
      ...Array.from({ length: 20 }, () => api.post('/payment', CARD)),
    ]);
    const settled = answers.map((answer) => jsonOf(answer)['rule']);
    expect(settled).toEqual(Array(20).fill('nobody_pays'));
  });

  test('take card_testing out of the shadow: a burst on one card is declined, and says why', async () => {
    const api = await open();
    const burst = () =>
      Promise.all(Array.from({ length: 8 }, async () => jsonOf(await api.post('/payment', CARD))));

    const inShadow = await burst();
    expect(inShadow.map(({ status }) => status)).toEqual(Array(8).fill('Approved'));
    const shadow = [{ rule: 'card_testing', outcome: 'CARD_VELOCITY_EXCEEDED' }];
    expect(inShadow.slice(5).map((answer) => answer['shadow'])).toEqual([shadow, shadow, shadow]);

    api.clock.advance(25 * 3_600_000);
    const live = BUILTIN_RULES.card.map((one) => ({ ...one, shadow: false }));
    await replaced(api, documentWith({ card: live }));
    const answers = await burst();
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill('Approved'),
      ...Array<string>(3).fill('Declined'),
    ]);
    for (const answer of answers.slice(5)) {
      expect(answer).toMatchObject({
        failure_reason: 'CARD_VELOCITY_EXCEEDED',
        decision_reason: 'Many attempts in a short time look like card testing.',
        rule: 'card_testing',
      });
    }
    // Another card is nobody's burst.
    const other = await api.post('/payment', { ...CARD, card_number: '4000009876543210' });
    expect(jsonOf(other)).toMatchObject({ status: 'Approved' });
  });
});

describe('the description of the document', () => {
  test('has examples that are rules', () => {
    expect(compileRules(exampleOf(RulesRequestSchema))).toMatchObject({ ok: true });
    const shown = compileRules(exampleOf(RulesSchema));
    expect(shown.ok && shown.rules.document).toEqual(exampleOf(RulesSchema));
  });

  test('has the fields of docs/rules.md', () => {
    const text = readFileSync(new URL('../../../../docs/rules.md', import.meta.url), 'utf8');
    const [, table = ''] = /## A rule\n([^]*?)\n## /.exec(text) ?? [];
    const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(Object.keys(RulesSchema.properties.card.items.properties).sort()).toEqual(
      documented.toSorted((left = '', right = '') => (left < right ? -1 : 1)),
    );
  });
});
