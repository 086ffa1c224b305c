/** The numbers and amounts that ask for an outcome. */
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { FAILURE_REASONS, type FailureReason } from '../../../core/failures.ts';
import type { CardStory } from '../../../core/test-cards.ts';
import { operation } from '../operation.ts';
import { nullable } from '../schemas.ts';
import { testCardsWire } from '../test-card-wire.ts';

const ReasonSchema = Type.Unsafe<FailureReason>({ type: 'string', enum: [...FAILURE_REASONS] });

const TestCardSchema = Type.Object(
  {
    number: Type.String({ description: 'All its digits.' }),
    brand: Type.String(),
    name: Type.String({ description: 'Of the scenario, in snake_case.' }),
    title: Type.String(),
    outcome: Type.String({ description: 'APPROVE, or the failure reason of every attempt.' }),
    story: nullable<CardStory>('string', {
      enum: ['dispute', 'refund_pending', 'refund_fails', null],
      description: 'What comes after the authorization; null for nothing.',
    }),
    description: Type.String(),
  },
  {
    examples: [
      {
        number: '4000000000009995',
        brand: 'visa',
        name: 'insufficient_funds',
        title: 'Insufficient funds',
        outcome: 'INSUFFICIENT_FUNDS',
        story: null,
        description: 'The account has too little money, whatever the amount.',
      },
    ],
  },
);

const AmountTailSchema = Type.Object(
  {
    tail: Type.String({ description: 'Minor units modulo 100, two digits.' }),
    outcome: ReasonSchema,
  },
  { examples: [{ tail: '51', outcome: 'INSUFFICIENT_FUNDS' }] },
);

const FailureSchema = Type.Object(
  {
    reason: ReasonSchema,
    code: Type.String({ description: 'ISO 8583 field 39.' }),
    message: Type.String(),
    retry: Type.Unsafe<string>({ type: 'string', enum: ['never', 'later', 'other_card'] }),
  },
  {
    examples: [
      {
        reason: 'INSUFFICIENT_FUNDS',
        code: '51',
        message: 'The account has too little money for this payment.',
        retry: 'other_card',
      },
    ],
  },
);

const TestCardsSchema = Type.Object({
  cards: Type.Array(TestCardSchema),
  amount_tails: Type.Array(AmountTailSchema, {
    description: 'They count while `amount_tails` of GET /simulation is true.',
  }),
  reasons: Type.Array(FailureSchema),
});

export function testCardRoutes(app: FastifyInstance): void {
  app.get(
    '/test-cards',
    {
      schema: operation(
        'listTestCards',
        'Simulation',
        'Card numbers and amounts that ask for an outcome',
        { response: { 200: TestCardsSchema } },
      ),
    },
    async () => testCardsWire(),
  );
}
