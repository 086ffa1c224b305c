/**
 * Whatever is sent to PATCH /simulation and PUT /rules is taken or refused with reasons; a refusal changes nothing, and
 * what was taken is what is answered, shown and written down.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUILTIN_RULES } from '../../src/adapters/rules/builtin.ts';
import { FAILURE_REASONS } from '../../src/core/failures.ts';
import { type Answer, expectProblem, jsonOf, type TestApp, testApp } from './app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const anything = fc.jsonValue({ maxDepth: 2 });

/** What fits, and now and then anything. */
function mostly<Value>(fitting: fc.Arbitrary<Value>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: anything });
}

const rate = mostly(fc.double({ min: 0, max: 1, noNaN: true }));
const delay = mostly(fc.nat());
const limit = mostly(fc.oneof(fc.nat(), fc.constantFrom('10000,JPY:5', '5,EUR:0.01', '1,X:1')));
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  failure_rate: rate,
  high_amount_decline_rate: rate,
  random_decline_rate: rate,
  risk_block_score: rate,
  fraud_threshold: limit,
  high_amount_threshold: limit,
  processing_start_delay_ms: delay,
  processing_delay_ms: delay,
  processing_jitter_ms: delay,
  amount_tails: mostly(fc.boolean()),
  outage: mostly(fc.constantFrom('none', 'unavailable', 'timeout')),
  expires_in: mostly(fc.integer({ min: 1, max: 2_592_000 })),
};
const patches = fc
  .uniqueArray(fc.constantFrom(...Object.keys(FIELDS)), { maxLength: 4 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, FIELDS[name] ?? anything]))),
  );

const RULE = {
  name: mostly(fc.stringMatching(/^[a-z]{4,8}$/)),
  when: mostly(fc.constantFrom('amount > 1', 'card.luhn', 'score > 0.5', 'amount', '1 +')),
  shadow: mostly(fc.boolean()),
};
const DECLINE = {
  ...RULE,
  decline: mostly(fc.constantFrom(...FAILURE_REASONS)),
  probability: rate,
  message: mostly(fc.string()),
};
const rules = mostly(
  fc.array(
    fc.oneof(
      fc.record(DECLINE, { requiredKeys: ['name', 'decline'] }),
      fc.record(
        { ...RULE, review: mostly(fc.constant(true)) },
        { requiredKeys: ['name', 'review'] },
      ),
    ),
    { maxLength: 2 },
  ),
);
const documents = fc.record(
  {
    lists: mostly(fc.record({ block: mostly(fc.record({ ips: mostly(fc.array(fc.ipV4())) })) })),
    invalid: mostly(fc.constant(BUILTIN_RULES.invalid)),
    account: rules,
    card: rules,
  },
  { requiredKeys: ['invalid', 'account', 'card'] },
);

const DOORS = [
  ['PATCH', '/simulation', mostly(patches), 'validation_failed'],
  ['PUT', '/rules', mostly(documents), 'invalid_rules'],
] as const;

test.each(DOORS)('%s %s takes it or says why not', async (method, path, bodies, code) => {
  const taken = { yes: 0, no: 0 };
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const before = await api.get(path);
      const footprint = await api.footprint();
      const answer = await api.send(method, path, JSON.stringify(body), {
        'content-type': 'application/json',
      });
      const after = await api.get(path);
      if (answer.statusCode === 200) {
        taken.yes += 1;
        expect(after.body).toBe(answer.body);
        expect((await api.footprint()).rows['events']).toBe((footprint.rows['events'] ?? 0) + 1);
        return;
      }
      taken.no += 1;
      expectReasons(answer, code);
      expect(after.body).toBe(before.body);
      expect(await api.footprint()).toEqual(footprint);
    }),
    { numRuns: 500 },
  );
  expect(api.errors).toEqual([]);
  // A run in which all were refused, or none, would prove nothing.
  expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(20);
});

function expectReasons(answer: Answer, code: string): void {
  // Keys and texts that no JSON body may have are refused before anybody looks what they are for.
  const { code: given } = jsonOf<{ code: string }>(answer);
  const isStrictness = ['forbidden_key', 'invalid_string', 'duplicate_key'].includes(given);
  const { errors } = expectProblem(answer, 400, isStrictness ? given : code);
  expect(errors.length).toBeGreaterThan(0);
}
