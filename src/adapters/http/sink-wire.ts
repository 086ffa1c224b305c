/** Sinks and what they received, as they go out. */
import { isoTime } from '../../engine/snapshot.ts';
import type { Sink, SinkMessage } from './sink-store.ts';

export function wireSink({ name, behavior, messages }: Sink) {
  const [newest] = messages;
  return {
    name,
    status: behavior.status,
    delay_ms: behavior.delayMs,
    hang: behavior.isHanging,
    next: behavior.next,
    messages: messages.length,
    last_received_at: newest === undefined ? null : isoTime(newest.receivedAtMs),
  };
}

export function wireMessage(message: SinkMessage) {
  return {
    id: messageId(message.ordinal),
    received_at: isoTime(message.receivedAtMs),
    method: message.method,
    headers: message.headers,
    body: message.body,
    body_encoding: message.encoding,
    body_truncated: message.isTruncated,
    verdict: message.verdict,
    duplicate_of: message.duplicateOf === null ? null : messageId(message.duplicateOf),
    answered: message.status,
  };
}

export function messageId(ordinal: number): string {
  return `msg_${ordinal}`;
}
