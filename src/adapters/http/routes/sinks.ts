/** Receivers of our own: they keep what arrives, say what its signature is worth, and answer as they are told to. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maskCardNumbers } from '../../../core/card.ts';
import { secretsAt } from '../../../core/webhooks/endpoint.ts';
import { decodeCursor, encodeCursor } from '../cursors.ts';
import type { HttpDeps } from '../deps.ts';
import {
  PAGE_ITEMS_DEFAULT,
  SINK_BODY_BYTES_MAX,
  SINK_BYTES_MAX,
  SINK_MESSAGES_MAX,
  SINKS_MAX,
} from '../limits.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problems.ts';
import { listOf } from '../schemas.ts';
import { keptOf } from '../sink-message.ts';
import { isSinkName, SINK_NAME_FORM } from '../sink-names.ts';
import {
  ReceivedSchema,
  SinkMessagesSchema,
  type SinkParams,
  SinkParamsSchema,
  type SinkPatchBody,
  SinkPatchSchema,
  type SinkQuery,
  SinkQuerySchema,
  SinkSchema,
} from '../sink-schemas.ts';
import { SinkStore } from '../sink-store.ts';
import { messageId, wireMessage, wireSink } from '../sink-wire.ts';
import { problemOfFaults } from '../validation.ts';
import { sinkNameOf } from '../webhook-request.ts';

const CURSORS = 'messages';

/** Answers that have no body. */
const BODILESS = new Set([204, 205, 304]);

export function sinkRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const sinks = new SinkStore({
    sinks: SINKS_MAX,
    messages: SINK_MESSAGES_MAX,
    bytes: SINK_BYTES_MAX,
  });
  lookRoutes(app, sinks);
  settingRoutes(app, sinks);
  void app.register(async (scope) => receiveRoutes(scope, deps, sinks));
}

/** In a scope of their own: here every body is taken as it is. */
function receiveRoutes(scope: FastifyInstance, deps: HttpDeps, sinks: SinkStore): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  const receive = async (request: FastifyRequest<{ Params: SinkParams }>, reply: FastifyReply) => {
    const name = knownSinkName(request.params);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { engine, webhooks } = deps;
    const receivedAtMs = engine.clock.nowMs();
    const endpoints = await webhooks.store.endpoints();
    const secrets = endpoints
      .filter(({ url }) => sinkNameOf(url) === name)
      .flatMap((endpoint) => secretsAt(endpoint, receivedAtMs));
    const verdict = webhooks.verdictOf({ headers: request.headers, body, secrets });
    const kept = { receivedAtMs, ...keptOf(request, body), verdict };
    const { ordinal, behavior } = sinks.receive(name, kept);
    const { lostAnswers } = request.server;
    if (behavior.isHanging) return lostAnswers.lose(request, reply, { fault: 'timeout' });
    if (behavior.delayMs > 0) await lostAnswers.hold(behavior.delayMs);
    const answer = reply.code(behavior.status);
    return BODILESS.has(behavior.status) ? answer.send() : answer.send({ id: messageId(ordinal) });
  };
  scope.post<{ Params: SinkParams }>(
    '/sinks/:name',
    {
      bodyLimit: SINK_BODY_BYTES_MAX,
      schema: operation('receiveAtSink', 'Sinks', 'Receive anything; PUT does the same', {
        params: SinkParamsSchema,
        response: { 200: ReceivedSchema },
        problems: ['body_too_large'],
      }),
    },
    receive,
  );
  scope.put<{ Params: SinkParams }>('/sinks/:name', { bodyLimit: SINK_BODY_BYTES_MAX }, receive);
}

function lookRoutes(app: FastifyInstance, sinks: SinkStore): void {
  app.get(
    '/sinks',
    {
      schema: operation('listSinks', 'Sinks', 'Sinks that were used, the last used first', {
        response: { 200: listOf(SinkSchema) },
      }),
    },
    async () => ({ data: sinks.list().map(wireSink), has_more: false, next_cursor: null }),
  );

  app.get<{ Params: SinkParams; Querystring: SinkQuery }>(
    '/sinks/:name',
    {
      schema: operation('listSinkMessages', 'Sinks', 'What a sink received, newest first', {
        params: SinkParamsSchema,
        querystring: SinkQuerySchema,
        response: { 200: SinkMessagesSchema },
        problems: ['validation_failed', 'invalid_cursor'],
      }),
    },
    async ({ params, query }) => {
      const sink = sinks.find(knownSinkName(params));
      const { limit = PAGE_ITEMS_DEFAULT, cursor } = query;
      const before =
        cursor === undefined
          ? Number.POSITIVE_INFINITY
          : Number(decodeCursor(CURSORS, cursor, /^\d{1,15}$/));
      const left = sink.messages.filter(({ ordinal }) => ordinal < before);
      const page = left.slice(0, limit);
      const last = left.length > limit ? page.at(-1) : undefined;
      return {
        data: page.map(wireMessage),
        has_more: last !== undefined,
        next_cursor: last === undefined ? null : encodeCursor(CURSORS, String(last.ordinal)),
        sink: wireSink(sink),
      };
    },
  );
}

function settingRoutes(app: FastifyInstance, sinks: SinkStore): void {
  app.patch<{ Params: SinkParams; Body: SinkPatchBody }>(
    '/sinks/:name',
    {
      schema: operation('changeSink', 'Sinks', 'Say how a sink answers', {
        params: SinkParamsSchema,
        body: SinkPatchSchema,
        response: { 200: SinkSchema },
      }),
    },
    async ({ params, body }) => {
      const name = knownSinkName(params);
      const { status, delay_ms: delayMs, hang: isHanging, next = null } = body;
      if (Object.keys(body).length === 0) throw problemOfFaults('validation_failed', [EMPTY]);
      sinks.behave(name, {
        ...(status === undefined ? {} : { status }),
        ...(delayMs === undefined ? {} : { delayMs }),
        ...(isHanging === undefined ? {} : { isHanging }),
        next,
      });
      return wireSink(sinks.find(name));
    },
  );

  app.delete<{ Params: SinkParams }>(
    '/sinks/:name',
    {
      schema: operation('clearSink', 'Sinks', 'Empty a sink; it answers 200 at once again', {
        params: SinkParamsSchema,
        response: { 204: { type: 'null', description: 'It is empty.' } },
      }),
    },
    async ({ params }, reply) => {
      sinks.clear(knownSinkName(params));
      return reply.code(204).send();
    },
  );
}

/** A name that could be a card number is none: names are shown. */
function knownSinkName({ name }: SinkParams): string {
  if (isSinkName(name) && maskCardNumbers(name) === name) return name;
  const detail = `a sink's name is ${SINK_NAME_FORM}, and no card number`;
  throw new Problem('validation_failed', `The path does not fit: ${detail}.`, {
    errors: [{ pointer: '/name', code: 'wrong_format', detail }],
  });
}

const EMPTY = {
  pointer: '',
  code: 'missing_field',
  detail: `must change something: send one of ${Object.keys(SinkPatchSchema.properties).join(', ')}`,
};
