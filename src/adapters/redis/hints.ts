/**
 * Hints over a channel: one message for all that was told since the last one was sent. Events themselves never travel here;
 * whoever hears something looks into the database.
 */
import { Redis } from 'ioredis';
import type { Hint, Hints } from '../../engine/hints.ts';
import { clientOptions, type RedisConnection } from './connection.ts';

export interface ChannelHints extends Hints {
  close(): void;
}

export interface ChannelOptions {
  readonly url: string;
  /** What is sent goes here. */
  readonly connection: RedisConnection;
  readonly channel: string;
  /** Whoever sends, so that it does not hear itself. */
  readonly self: string;
}

/** Begins to listen; goes on by itself whenever Redis comes back. */
export function channelHints({ url, connection, channel, self }: ChannelOptions): ChannelHints {
  const listeners = new Set<(hint: Hint) => void>();
  // A connection that listens can do nothing else.
  const listening = new Redis(url, clientOptions());
  listening.on('error', () => {});
  listening.on('ready', () => void listening.subscribe(channel).catch(() => {}));
  listening.on('message', (_channel: string, message: string) => {
    const hint = hintFrom(message, self);
    if (hint === null) return;
    for (const listener of listeners) listener(hint);
  });
  listening.connect().catch(() => {});

  // One that was frozen with the rest of Redis may be dead, and would never say so.
  const unwatch = connection.onChange(() => {
    if (connection.reason() === null && listening.status === 'ready') listening.disconnect(true);
  });

  let told: Hint | null = null;
  let isSending = false;
  const send = async () => {
    isSending = true;
    // Everything of this turn of the event loop goes together, and so does all that is told while it is on its way.
    await new Promise(setImmediate);
    while (told !== null) {
      const message = JSON.stringify({ ...told, from: self });
      told = null;
      await connection.ask((client) => client.publish(channel, message));
    }
    isSending = false;
  };
  return {
    tell(hint) {
      told = told === null ? hint : both(told, hint);
      if (!isSending) void send();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      unwatch();
      listening.disconnect();
    },
  };
}

function both(one: Hint, other: Hint): Hint {
  const dueAtMs = Math.min(one.dueAtMs ?? Infinity, other.dueAtMs ?? Infinity);
  return {
    dueAtMs: dueAtMs === Infinity ? null : dueAtMs,
    areWebhooksChanged: one.areWebhooksChanged || other.areWebhooksChanged,
  };
}

/** Null for what we sent ourselves, and for what is no hint. */
function hintFrom(message: string, self: string): Hint | null {
  try {
    const said: unknown = JSON.parse(message);
    if (typeof said !== 'object' || said === null) return null;
    const { from, dueAtMs, areWebhooksChanged } = said as Record<string, unknown>;
    if (from === self) return null;
    const isTime = typeof dueAtMs === 'number' && Number.isFinite(dueAtMs);
    return { dueAtMs: isTime ? dueAtMs : null, areWebhooksChanged: areWebhooksChanged === true };
  } catch {
    return null;
  }
}
