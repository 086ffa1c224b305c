/**
 * What sinks received, in memory: for looking at, not for keeping. Everybody who reaches the port may post, so that
 * everything is bounded, and what is oldest goes first: messages of a sink, messages of all by bytes, and the sinks
 * themselves, where the one goes that heard nothing for the longest time.
 */
import { assert } from '../../core/assert.ts';
import type { SignatureVerdict } from './deps.ts';

export interface SinkMessage {
  /** Grows with every message of any sink. */
  readonly ordinal: number;
  readonly receivedAtMs: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly encoding: 'utf8' | 'base64';
  /** True when only the beginning of the body is kept. */
  readonly isTruncated: boolean;
  readonly webhookId: string | null;
  readonly verdict: SignatureVerdict;
  /** The first kept message with the same webhook-id; null when this is the first. */
  readonly duplicateOf: number | null;
  /** What it is answered with; null when it is left hanging. */
  readonly status: number | null;
}

export interface SinkBehavior {
  readonly status: number;
  readonly delayMs: number;
  readonly isHanging: boolean;
  /** For so many messages, then as in the beginning; null: until it is changed. */
  readonly next: number | null;
}

export interface Sink {
  readonly name: string;
  readonly behavior: SinkBehavior;
  /** The newest first. */
  readonly messages: readonly SinkMessage[];
}

export interface SinkLimits {
  readonly sinks: number;
  readonly messages: number;
  readonly bytes: number;
}

const BEGINNING: SinkBehavior = { status: 200, delayMs: 0, isHanging: false, next: null };

/** A message without its body, its headers and its record: about so much. */
const MESSAGE_BYTES = 500;

interface Held {
  behavior: SinkBehavior;
  /** The oldest first. */
  readonly messages: SinkMessage[];
}

export class SinkStore {
  readonly #limits: SinkLimits;
  /** The one that heard nothing for the longest time first. */
  readonly #sinks = new Map<string, Held>();
  #bytes = 0;
  #ordinal = 0;

  constructor(limits: SinkLimits) {
    this.#limits = limits;
  }

  /** Keeps a message and tells how it is to be answered. */
  receive(
    name: string,
    message: Omit<SinkMessage, 'ordinal' | 'duplicateOf' | 'status'>,
  ): { readonly ordinal: number; readonly behavior: SinkBehavior } {
    const held = this.#touch(name);
    const { behavior, messages } = held;
    if (behavior.next !== null) {
      held.behavior = behavior.next > 1 ? { ...behavior, next: behavior.next - 1 } : BEGINNING;
    }
    this.#ordinal += 1;
    const { webhookId } = message;
    const first = webhookId === null ? undefined : messages.find(isOf(webhookId));
    const kept: SinkMessage = {
      ...message,
      ordinal: this.#ordinal,
      duplicateOf: first?.ordinal ?? null,
      status: behavior.isHanging ? null : behavior.status,
    };
    messages.push(kept);
    this.#bytes += bytesOf(kept);
    if (messages.length > this.#limits.messages) this.#dropOldest(held);
    this.#keepWithinBytes();
    return { ordinal: kept.ordinal, behavior };
  }

  /** As one that was never used when nothing is known of it. */
  find(name: string): Sink {
    const held = this.#sinks.get(name);
    return {
      name,
      behavior: held?.behavior ?? BEGINNING,
      messages: held?.messages.toReversed() ?? [],
    };
  }

  /** The last used first. */
  list(): readonly Sink[] {
    return [...this.#sinks.keys()].toReversed().map((name) => this.find(name));
  }

  behave(name: string, changes: Partial<SinkBehavior>): void {
    const held = this.#touch(name);
    held.behavior = { ...held.behavior, next: null, ...changes };
  }

  /** Takes its messages out and lets it answer as in the beginning. */
  clear(name: string): void {
    const held = this.#sinks.get(name);
    if (held === undefined) return;
    while (held.messages.length > 0) this.#dropOldest(held);
    this.#sinks.delete(name);
  }

  /** Makes it the last used; a new one may take another one's place. */
  #touch(name: string): Held {
    const held = this.#sinks.get(name) ?? { behavior: BEGINNING, messages: [] };
    this.#sinks.delete(name);
    this.#sinks.set(name, held);
    if (this.#sinks.size > this.#limits.sinks) {
      const [longestUnused] = this.#sinks.keys();
      assert(longestUnused !== undefined, 'there are too many sinks, so there is one');
      this.clear(longestUnused);
    }
    return held;
  }

  #keepWithinBytes(): void {
    while (this.#bytes > this.#limits.bytes) {
      const holders = [...this.#sinks.values()].filter(({ messages }) => messages.length > 0);
      const oldest = holders.reduce((one, other) =>
        oldestIn(other) < oldestIn(one) ? other : one,
      );
      this.#dropOldest(oldest);
    }
  }

  #dropOldest({ messages }: Held): void {
    const dropped = messages.shift();
    if (dropped !== undefined) this.#bytes -= bytesOf(dropped);
  }
}

function isOf(webhookId: string) {
  return (message: SinkMessage) => message.webhookId === webhookId;
}

function oldestIn({ messages }: Held): number {
  return messages[0]?.ordinal ?? Number.POSITIVE_INFINITY;
}

function bytesOf({ headers, body }: SinkMessage): number {
  // A character takes at most two bytes in memory.
  const characters = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    body.length,
  );
  return MESSAGE_BYTES + 2 * characters;
}
