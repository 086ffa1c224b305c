/** Payments: make, read, list, refund, retry. */
import type { FastifyInstance } from 'fastify';
import { parsePaymentId, parseRefundId, type PaymentId } from '../../../core/ids.ts';
import { refundSnapshot } from '../../../engine/snapshot.ts';
import { numberTexts } from '../body.ts';
import { encodeCursor } from '../cursors.ts';
import type { HttpDeps } from '../deps.ts';
import {
  type CardContext,
  createPaymentCommand,
  refundPaymentCommand,
  retryCommand,
} from '../payment-request.ts';
import { cursorKind, paymentQuery } from '../payment-query.ts';
import { Problem, type ProblemCode } from '../problems.ts';
import {
  type CardBody,
  type CreatePaymentBody,
  CreatePaymentSchema,
  listOf,
  type PaymentListQuery,
  PaymentListQuerySchema,
  type PaymentParams,
  PaymentParamsSchema,
  PaymentSchema,
  RefundRequestSchema,
  RefundSchema,
  RetryRequestSchema,
} from '../schemas.ts';
import { KEY_PROBLEMS, MAKING_PROBLEMS, operation } from '../operation.ts';
import { submit } from '../submit.ts';

const REFUND_PROBLEMS: readonly ProblemCode[] = [
  'payment_not_found',
  'refund_not_allowed',
  'refund_exceeds_remaining',
  'refund_limit_reached',
  'validation_failed',
  'refund_amount_not_positive',
  'invalid_amount_precision',
  'amount_too_large',
  ...KEY_PROBLEMS,
];

const RETRY_PROBLEMS: readonly ProblemCode[] = [
  'payment_not_found',
  'retry_not_allowed',
  'retry_limit_reached',
  ...KEY_PROBLEMS,
];

export function paymentRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { store } = deps.engine;
  makeAndChange(app, deps);

  app.get<{ Params: PaymentParams }>(
    '/payments/:payment_id',
    {
      schema: operation('getPayment', 'Payments', 'Read a payment', {
        params: PaymentParamsSchema,
        response: { 200: PaymentSchema },
        problems: ['payment_not_found'],
      }),
    },
    async (request, reply) => {
      const payment = await store.findPayment(knownPaymentId(request.params));
      if (payment === null) throw noSuchPayment();
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .send(deps.publish(payment));
    },
  );

  app.get<{ Querystring: PaymentListQuery }>(
    '/payments',
    {
      schema: operation('listPayments', 'Payments', 'List payments, newest first', {
        querystring: PaymentListQuerySchema,
        response: { 200: listOf(PaymentSchema) },
        problems: ['validation_failed', 'invalid_cursor'],
      }),
    },
    async (request, reply) => {
      const page = await store.listPayments(paymentQuery(request.query));
      const next = page.next === null ? null : encodeCursor(cursorKind(request.query), page.next);
      const items = page.items.map(deps.publish).join(',');
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .send(
          `{"data":[${items}],"has_more":${next !== null},"next_cursor":${JSON.stringify(next)}}`,
        );
    },
  );

  app.get<{ Params: { refund_id: string } }>(
    '/refunds/:refund_id',
    {
      schema: operation('getRefund', 'Payments', 'Read a refund', {
        response: { 200: RefundSchema },
        problems: ['refund_not_found'],
      }),
    },
    async (request) => {
      const id = parseRefundId(request.params.refund_id);
      const found = id === null ? null : await store.findRefund(id);
      if (found === null) {
        throw new Problem(
          'refund_not_found',
          'There is no refund with this id; each payment lists its refunds.',
        );
      }
      return refundSnapshot(found.refund, found.payment);
    },
  );
}

function makeAndChange(app: FastifyInstance, deps: HttpDeps): void {
  app.post<{ Body: CreatePaymentBody }>(
    '/payments',
    {
      schema: operation('createPayment', 'Payments', 'Make a payment', {
        body: CreatePaymentSchema,
        response: { 201: PaymentSchema },
        problems: MAKING_PROBLEMS,
      }),
    },
    (request, reply) => {
      const { body } = request;
      const asked = createPaymentCommand(body, numberTexts(request), cardContext(deps));
      return submit(deps, request, reply, { ...asked, lost: body.simulate?.http ?? null });
    },
  );

  app.post<{
    Params: PaymentParams;
    Body: { amount?: number | null; reason?: string | null } | null;
  }>(
    '/payments/:payment_id/refund',
    {
      schema: operation(
        'refundPayment',
        'Payments',
        'Refund a payment, in part or all that is left',
        {
          params: PaymentParamsSchema,
          body: RefundRequestSchema,
          response: { 200: PaymentSchema },
          problems: REFUND_PROBLEMS,
        },
      ),
    },
    (request, reply) => {
      const id = knownPaymentId(request.params);
      const command = refundPaymentCommand(id, request.body, numberTexts(request));
      return submit(deps, request, reply, { command });
    },
  );

  app.post<{ Params: PaymentParams; Body: { card?: CardBody | null } | null }>(
    '/payments/:payment_id/retry',
    {
      schema: operation('retryPayment', 'Payments', 'Try a failed payment again', {
        params: PaymentParamsSchema,
        body: RetryRequestSchema,
        response: { 200: PaymentSchema },
        problems: RETRY_PROBLEMS,
      }),
    },
    (request, reply) => {
      const id = knownPaymentId(request.params);
      return submit(deps, request, reply, retryCommand(id, request.body, cardContext(deps)));
    },
  );
}

export function cardContext({ engine, keyedHash, options }: HttpDeps): CardContext {
  return { keyedHash, luhn: options.luhn, nowMs: engine.clock.nowMs() };
}

/** Throws the 404 at once for what cannot be the id of a payment. */
export function knownPaymentId({ payment_id }: PaymentParams): PaymentId {
  const id = parsePaymentId(payment_id);
  if (id === null) throw noSuchPayment();
  return id;
}

export function noSuchPayment(): Problem {
  return new Problem(
    'payment_not_found',
    'There is no payment with this id; GET /payments lists those there are.',
  );
}
