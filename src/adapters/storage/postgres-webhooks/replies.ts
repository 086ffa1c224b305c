/**
 * What was answered under idempotency keys. An answer that tells a secret is written in the transaction that made it:
 * after a crash the same request gets the same secret, or nothing has happened yet.
 */
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import { StorageError } from '../../../engine/ports.ts';
import type { DeliveryStore, KeptReply } from '../../../engine/webhooks/ports.ts';
import type { Connections, Queries } from '../postgres/connection.ts';
import { replyFrom } from '../sqlite-webhooks/replies.ts';
import type { Transactions } from './transaction.ts';

/** False when its key has an answer, which then stays. Forgets the old ones; to be called within a transaction that writes. */
async function keep(
  queries: Queries,
  { keyHash, fingerprint, status, body, createdAtMs }: KeptReply,
): Promise<boolean> {
  await queries.rows(
    'webhook_forget',
    `delete from webhook_replies where key_hash in (
       select key_hash from webhook_replies where created_at_ms <= $1
         order by created_at_ms, key_hash for update skip locked)`,
    [createdAtMs - IDEMPOTENCY_KEPT_MS],
  );
  const kept = await queries.rows(
    'webhook_keep',
    `insert into webhook_replies (key_hash, fingerprint, status, body, created_at_ms)
       values ($1, $2, $3, $4, $5) on conflict do nothing returning 1 as kept`,
    [keyHash, fingerprint, status, body, createdAtMs],
  );
  return kept.length > 0;
}

/**
 * Keeps the answer with what it tells of. When another process has answered the key meanwhile, rejects as `refused`, so
 * that nothing of the transaction is written: what was asked for is there, and its answer too.
 */
export async function keepWith(queries: Queries, reply: KeptReply | undefined): Promise<void> {
  if (reply === undefined || (await keep(queries, reply))) return;
  throw new StorageError('refused', 'another request under the same idempotency key was first');
}

export function replyMethods(
  connections: Connections,
  { write }: Transactions,
): Pick<DeliveryStore, 'findReply' | 'keepReply'> {
  return {
    async findReply(keyHash, sinceMs) {
      const [row] = await connections.rows(
        'webhook_reply',
        'select * from webhook_replies where key_hash = $1 and created_at_ms > $2',
        [keyHash, sinceMs],
      );
      return replyFrom(row);
    },
    keepReply: (reply) => write(async (queries) => void (await keep(queries, reply))),
  };
}
