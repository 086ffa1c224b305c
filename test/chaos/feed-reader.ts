/** A client of the live feed that goes on wherever it is let in, by the id that it saw last, as an EventSource does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openStream, type StreamedEvent } from '../live-feed/stream.ts';

export interface FeedReader {
  /** Everything that came, in the order in which it came. */
  readonly events: readonly StreamedEvent[];
  readonly connections: number;
  /** Resolves when it has so many, or when nothing more came for a while. */
  has(count: number, withinMs: number): Promise<void>;
  close(): Promise<void>;
}

const PAUSE_MS = 100;
/** Events arrive in the turn in which they were read. */
const LOOK_MS = 20;

export function readFeed(urls: readonly string[]): FeedReader {
  const ports = urls.map((url) => Number(new URL(url).port));
  const events: StreamedEvent[] = [];
  const state = { connections: 0, isOver: false };
  const reading = read(ports, events, state);
  return {
    events,
    get connections() {
      return state.connections;
    },
    async has(count, withinMs) {
      const endsAt = performance.now() + withinMs;
      while (events.length < count && performance.now() < endsAt) await sleep(LOOK_MS);
    },
    async close() {
      state.isOver = true;
      await reading;
    },
  };
}

async function read(
  ports: readonly number[],
  events: StreamedEvent[],
  state: { connections: number; isOver: boolean },
): Promise<void> {
  let lastId = '';
  while (!state.isOver) {
    const port = ports[state.connections % ports.length] ?? 0;
    state.connections += 1;
    const headers: Record<string, string> = lastId === '' ? {} : { 'last-event-id': lastId };
    const stream = await openStream({ port, query: '?after=', headers }).catch(() => null);
    if (stream === null || stream.status !== 200) {
      stream?.close();
      await sleep(PAUSE_MS);
      continue;
    }
    let taken = 0;
    const take = () => {
      for (; taken < stream.events.length; taken += 1) {
        const event = stream.events[taken];
        if (event !== undefined) events.push(event);
      }
      if (stream.lastId() !== '') lastId = stream.lastId();
    };
    while (!stream.hasEnded() && !state.isOver) {
      take();
      await sleep(LOOK_MS);
    }
    take();
    stream.close();
  }
}
