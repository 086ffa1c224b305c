/**
 * What was answered under idempotency keys. An answer that tells a secret is written in the transaction that made it:
 * after a crash the same request gets the same secret, or nothing has happened yet.
 */
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import type { DeliveryStore, KeptReply } from '../../../engine/webhooks/ports.ts';
import { integer, type Row, text } from '../rows.ts';
import type { Connection } from './connection.ts';

/** Writes an answer, unless its key has one, and forgets the old ones. To be called within a transaction that writes. */
export type Keep = (reply: KeptReply) => void;

export function prepareKeep({ prepare }: Connection): Keep {
  const forget = prepare('delete from replies where created_at_ms <= ?');
  const insert = prepare(
    `insert into replies (key_hash, fingerprint, status, body, created_at_ms)
     values (?, ?, ?, ?, ?) on conflict do nothing`,
  );
  return ({ keyHash, fingerprint, status, body, createdAtMs }) => {
    forget.run(createdAtMs - IDEMPOTENCY_KEPT_MS);
    insert.run(keyHash, fingerprint, status, body, createdAtMs);
  };
}

export function replyMethods(
  { read, write, prepare }: Connection,
  keep: Keep,
): Pick<DeliveryStore, 'findReply' | 'keepReply'> {
  const find = prepare('select * from replies where key_hash = ? and created_at_ms > ?');
  return {
    findReply: async (keyHash, sinceMs) => read(() => replyFrom(find.get(keyHash, sinceMs))),
    keepReply: async (reply) => write(() => keep(reply)),
  };
}

export function replyFrom(row: Row | undefined): KeptReply | null {
  if (row === undefined) return null;
  return {
    keyHash: text(row, 'key_hash'),
    fingerprint: text(row, 'fingerprint'),
    status: integer(row, 'status'),
    body: text(row, 'body'),
    createdAtMs: integer(row, 'created_at_ms'),
  };
}
