/**
 * Has a stretch of the log delivered again, page by page: one transaction a page, so that nothing else waits for long.
 * What was replayed before a failure stays so, and asking again does no harm: the same events, with the same ids.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { EventType } from '../../core/events.ts';
import type { EndpointId } from '../../core/webhooks/endpoint.ts';
import type { LogPosition } from '../../engine/ports.ts';
import { fannedEvent } from '../../engine/webhooks/fan-out.ts';
import type { HttpDeps } from './deps.ts';
import { sequenceAfter, sequenceBefore } from './event-position.ts';
import { eventCursor } from './event-wire.ts';
import { REPLAY_EVENTS_MAX, REPLAY_PAGE_EVENTS, REPLAY_PAGES_MAX } from './limits.ts';
import { Problem } from './problems.ts';
import { typesOf } from './webhook-query.ts';
import type { ReplayBody } from './webhook-schemas.ts';

/** Sequences: events behind `after`, up to `last`. */
interface Stretch {
  readonly head: LogPosition;
  readonly after: number;
  readonly last: number;
}

/** Replays from the stretch that the body names what fits into one request. */
export async function replay(deps: HttpDeps, id: EndpointId, body: ReplayBody) {
  const stretch = await stretchOf(deps, body);
  const { head, last } = stretch;
  const types = body.event_types === undefined ? undefined : typesOf(body.event_types);
  let { after } = stretch;
  let left = REPLAY_EVENTS_MAX;
  let replayed = 0;
  for (let page = 0; page < REPLAY_PAGES_MAX && after < last && left > 0; page += 1) {
    const limit = Math.min(REPLAY_PAGE_EVENTS, left);
    const read = await readPage(deps, { ...stretch, after }, limit, types);
    replayed += await deps.webhooks.store.replay(id, read.events, deps.engine.clock.nowMs());
    left -= read.events.length;
    after = read.scannedTo;
    await breathe();
  }
  if (replayed > 0) deps.webhooks.changed();
  const hasMore = after < last;
  const cursor = eventCursor({ writer: head.writer, sequence: after });
  return { replayed, has_more: hasMore, next_cursor: hasMore ? cursor : null };
}

async function stretchOf({ engine }: HttpDeps, { from, to, after }: ReplayBody): Promise<Stretch> {
  const { store } = engine;
  const head = await store.logHead();
  const fromMs = timeOf(from);
  const toMs = timeOf(to);
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    const detail = 'must be later than from';
    throw new Problem('validation_failed', `/to: ${detail}.`, {
      errors: [{ pointer: '/to', code: 'out_of_range', detail }],
    });
  }
  const behind = sequenceAfter(after ?? undefined, head);
  const begin = fromMs === null ? 0 : await sequenceBefore(fromMs, store, head);
  const last = toMs === null ? head.sequence : await sequenceBefore(toMs, store, head);
  return { head, after: Math.max(behind, begin), last };
}

function timeOf(text: string | null | undefined): number | null {
  return text === undefined || text === null ? null : Date.parse(text);
}

async function readPage(
  { engine }: HttpDeps,
  { head, after, last }: Stretch,
  limit: number,
  types: readonly EventType[] | undefined,
) {
  const filter = types === undefined ? {} : { types };
  const { events, scannedTo } = await engine.store.events({ after, limit, ...filter });
  if ((await engine.store.logHead()).writer !== head.writer) {
    throw new Problem(
      'invalid_cursor',
      'The log was reset meanwhile: what was asked for is there no more.',
    );
  }
  return {
    events: events
      .filter(({ sequence }) => sequence <= last)
      .map((event) => fannedEvent(event, head.writer)),
    scannedTo: Math.min(scannedTo, last),
  };
}
