/** API B: cards authorized at once, their decisions, their audit and their statistics. */
import type { FastifyInstance } from 'fastify';
import { parsePaymentId } from '../../../core/ids.ts';
import type { Payment } from '../../../core/payment.ts';
import type { StoredEvent } from '../../../engine/ports.ts';
import { auditWire, decisionCause, transactionWire } from '../authorization.ts';
import { numberTexts } from '../body.ts';
import {
  AuditEntrySchema,
  AuthorizationSchema,
  type AuthorizeBody,
  AuthorizeSchema,
  StatsSchema,
  TransactionSchema,
} from '../card-schemas.ts';
import { change } from '../change.ts';
import type { HttpDeps } from '../deps.ts';
import { MAKING_PROBLEMS, operation } from '../operation.ts';
import { authorizeCommand } from '../payment-request.ts';
import { Problem } from '../problems.ts';
import { statsOf } from '../stats.ts';
import { submit } from '../submit.ts';
import { eventId } from '../../../engine/event-id.ts';
import { cardContext } from './payments.ts';

/** Events that end an attempt. */
const DECISIONS = ['payment.succeeded', 'payment.failed'];

/** Decisions about one payment are few: its attempts. */
const DECISIONS_MAX = 1_000;

export function cardRoutes(app: FastifyInstance, deps: HttpDeps): void {
  authorizationRoute(app, deps);
  decisionRoutes(app, deps);
  statsRoutes(app, deps);
}

function authorizationRoute(app: FastifyInstance, deps: HttpDeps): void {
  app.post<{ Body: AuthorizeBody }>(
    '/payment',
    {
      schema: operation('authorizeCard', 'Cards', 'Authorize a card, at once', {
        body: AuthorizeSchema,
        response: { 201: AuthorizationSchema },
        problems: MAKING_PROBLEMS,
      }),
    },
    (request, reply) => {
      const { body } = request;
      const asked = authorizeCommand(body, numberTexts(request), cardContext(deps));
      return submit(deps, request, reply, {
        ...asked,
        lost: body.simulate?.http ?? null,
        answerDelayMs: body.simulate?.delay_ms ?? 0,
      });
    },
  );
}

function decisionRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get<{ Params: { id: string } }>(
    '/transaction/:id',
    {
      schema: operation('getTransaction', 'Cards', 'Read a card authorization as it was decided', {
        response: { 200: TransactionSchema },
        problems: ['transaction_not_found'],
      }),
    },
    async (request) => {
      const { payment, decisions } = await decisionsOf(deps, request.params.id);
      const [first] = decisions;
      if (first === undefined || payment.card === null) throw noSuchTransaction();
      return transactionWire(payment, decisionCause(first));
    },
  );

  app.get<{ Params: { transaction_id: string } }>(
    '/audit/:transaction_id',
    {
      schema: operation('getAudit', 'Cards', 'Why it was decided so: newest first', {
        response: { 200: { type: 'array', items: AuditEntrySchema } },
        problems: ['transaction_not_found'],
      }),
    },
    async (request) => {
      const { payment, decisions } = await decisionsOf(deps, request.params.transaction_id);
      const { writer } = await deps.engine.store.logHead();
      return decisions
        .toReversed()
        .map((event) => auditWire(event, eventId(event, writer), payment));
    },
  );
}

function statsRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { store } = deps.engine;
  app.get(
    '/stats',
    {
      schema: operation('getStats', 'Cards', 'Statistics of card authorizations', {
        response: { 200: StatsSchema },
      }),
    },
    async () => statsOf(await store.totals()),
  );

  app.delete(
    '/admin/reset',
    {
      schema: operation('resetData', 'Operations', 'Remove all payments and begin anew', {
        response: { 200: StatsSchema },
      }),
    },
    async (request) => {
      // What traffic would make meanwhile would be the first thing in the new log.
      await deps.traffic.stop();
      await change(deps, request, { type: 'reset_data' });
      await emptyDeliveries(deps);
      return statsOf(await store.totals());
    },
  );
}

/**
 * Deliveries of the old log go before the answer does. Whoever delivers sees the new log and takes them out all the same,
 * so that a failure here costs a moment only; and when that came first, nothing is done twice.
 */
async function emptyDeliveries({ engine, webhooks, logger }: HttpDeps): Promise<void> {
  try {
    const { writer } = await engine.store.logHead();
    const cursor = await webhooks.store.cursor();
    // From its beginning: its first entry, which tells of the reset, is to be delivered.
    if (cursor?.writer !== writer) await webhooks.store.beginLog({ writer, sequence: 0 });
  } catch (error) {
    logger.error({ err: error }, 'deliveries of before the reset are taken out a moment later');
  }
  webhooks.changed();
}

/** A payment and the events that ended its attempts, oldest first. */
async function decisionsOf(
  { engine }: HttpDeps,
  text: string,
): Promise<{ payment: Payment; decisions: readonly StoredEvent[] }> {
  const id = parsePaymentId(text);
  const payment = id === null ? null : await engine.store.findPayment(id);
  if (payment === null) throw noSuchTransaction();
  const { events } = await engine.store.events({
    after: 0,
    limit: DECISIONS_MAX,
    types: DECISIONS,
    paymentId: payment.id,
  });
  return { payment, decisions: events };
}

function noSuchTransaction(): Problem {
  return new Problem(
    'transaction_not_found',
    'There is no card authorization with this id; GET /payments?method=card lists those there are.',
  );
}
