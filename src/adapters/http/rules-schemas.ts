/**
 * The wire of GET and PUT /rules, for the documentation alone: what a document may hold is for `compileRules` to say,
 * which knows more than a schema can.
 */
import { Type } from 'typebox';
import { FAILURE_REASONS, type FailureReason } from '../../core/failures.ts';
import { LIST_KINDS } from '../../core/rule-lists.ts';

const RuleSchema = Type.Object({
  name: Type.String({ description: 'snake_case, unique in its pipeline.' }),
  description: Type.Optional(Type.String({ description: 'For people.' })),
  when: Type.Optional(
    Type.String({ description: 'An expression over the facts of docs/rules.md; absent: always.' }),
  ),
  decline: Type.Optional(
    Type.Unsafe<FailureReason>({
      type: 'string',
      enum: [...FAILURE_REASONS],
      description: 'The reason to fail with. Exactly one of decline, approve and review.',
    }),
  ),
  approve: Type.Optional(Type.Literal(true, { description: 'No later rule is asked.' })),
  review: Type.Optional(Type.Literal(true, { description: 'Flagged; the next rule is asked.' })),
  probability: Type.Optional(
    Type.Unsafe<number | string>({
      type: ['number', 'string'],
      description: 'With decline: from 0 to 1, or the name of a rate; absent: certain.',
    }),
  ),
  message: Type.Optional(
    Type.String({ description: "With decline: said instead of the reason's own sentence." }),
  ),
  shadow: Type.Optional(Type.Boolean({ description: 'Asked and recorded, but not applied.' })),
});

const ListSchema = Type.Object(
  Object.fromEntries(LIST_KINDS.map((kind) => [kind, Type.Array(Type.String())])),
);
const PartialListSchema = Type.Partial(ListSchema);

const PIPELINES = {
  invalid: Type.Array(RuleSchema, {
    description: 'Asked of every payment, before any outcome that the request asked for.',
  }),
  account: Type.Array(RuleSchema, { description: 'Asked of payments without a card.' }),
  card: Type.Array(RuleSchema, { description: 'Asked of payments by card.' }),
};

const INVALID = [
  { name: 'amount_must_be_positive', when: 'amount <= 0', decline: 'INVALID_AMOUNT' },
  {
    name: 'recipient_and_currency_required',
    when: 'merchant == null || currency == null',
    decline: 'INVALID_REQUEST',
  },
];

const ACCOUNT = [
  { name: 'random_failure', decline: 'PROCESSING_ERROR', probability: 'rate.failure' },
];

const CARD = [
  {
    name: 'card_testing',
    when: 'velocity.card.count_1m >= 5',
    decline: 'CARD_VELOCITY_EXCEEDED',
    message: 'Many attempts in a short time look like card testing.',
  },
  { name: 'block_list', when: 'listed.block', decline: 'RULE_BLOCKED' },
];

const NOBODY = Object.fromEntries(LIST_KINDS.map((kind) => [kind, []]));

export const RulesSchema = Type.Object(
  { lists: Type.Object({ block: ListSchema, allow: ListSchema }), ...PIPELINES },
  {
    examples: [
      {
        lists: { block: { ...NOBODY, ips: ['192.0.2.0/24'] }, allow: NOBODY },
        invalid: INVALID,
        account: ACCOUNT,
        card: CARD,
      },
    ],
  },
);

export const RulesRequestSchema = Type.Object(
  {
    lists: Type.Optional(
      Type.Partial(Type.Object({ block: PartialListSchema, allow: PartialListSchema })),
    ),
    ...PIPELINES,
  },
  {
    examples: [
      {
        lists: { block: { ips: ['192.0.2.0/24'] } },
        invalid: INVALID,
        account: ACCOUNT,
        card: CARD,
      },
    ],
  },
);
