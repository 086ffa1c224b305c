/** What became of leased deliveries: their attempts, and what follows from each. */
import {
  type AfterAttempt,
  type Attempt,
  type DeliveryStatus,
  isDone,
} from '../../../core/webhooks/delivery.ts';
import type { DeliveryOutcome, DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { integer, numberOrNull, type Row, textOrNull } from '../rows.ts';
import type { Connection } from './connection.ts';
import { isSet, statusOf } from './rows.ts';
import type { Tally } from './tally.ts';
import type { Turns } from './turns.ts';

export function recordMethod(
  connection: Connection,
  turns: Turns,
  newTally: () => Tally,
): DeliveryStore['record'] {
  const statements = prepareStatements(connection);
  return async (token, outcomes) =>
    connection.writeSoon(() => {
      const tally = newTally();
      const written = outcomes.filter((outcome) => record(token, outcome, tally));
      tally.write();
      return written.map(({ ordinal }) => ordinal);
    });

  /** False when it is not leased to the holder of this token. */
  function record(token: string, { ordinal, attempts, after }: DeliveryOutcome, tally: Tally) {
    connection.giveWay();
    const row = statements.leased.get(ordinal, token);
    if (row === undefined) return false;
    for (const attempt of attempts)
      statements.insertAttempt.run(...attemptColumns(ordinal, attempt));
    const endpoint = integer(row, 'endpoint');
    const { status, nextMs, staysOrdered } = statusAfter(row, after);
    statements.update.run(status, attempts.length, nextMs, nextMs, Number(staysOrdered), ordinal);
    tally.moved(endpoint, statusOf(row), status);
    const paymentId = textOrNull(row, 'payment_id');
    // One that was tried out of turn goes back into line; one that is done makes way.
    if (isSet(row, 'is_ordered') && paymentId !== null) turns.settle(endpoint, paymentId);
    if (after.isGone) statements.disable.run(endedAtMs(attempts), endpoint);
    return true;
  }
}

/** What a leased delivery becomes. Resent while it was on its way: the attempt is kept, and it is sent again. */
export function statusAfter(
  row: Row,
  after: AfterAttempt,
): { status: DeliveryStatus; nextMs: number | null; staysOrdered: boolean } {
  const isResent = isSet(row, 'is_resent');
  const status = isResent ? 'pending' : after.status;
  const nextMs = isResent ? numberOrNull(row, 'next_attempt_at_ms') : after.nextAttemptAtMs;
  return { status, nextMs, staysOrdered: isSet(row, 'is_ordered') && !isDone(status) };
}

export function endedAtMs(attempts: readonly Attempt[]): number {
  return Math.ceil(Math.max(0, ...attempts.map(({ atMs, durationMs }) => atMs + durationMs)));
}

/** As they stand in the table. */
export function attemptColumns(ordinal: number, attempt: Attempt) {
  const { request, response, deliberate } = attempt;
  return [
    ordinal,
    attempt.atMs,
    attempt.durationMs,
    attempt.statusCode,
    attempt.error,
    attempt.retryAfterMs,
    request.url,
    JSON.stringify(request.headers),
    response === null ? null : JSON.stringify(response.headers),
    response === null ? null : response.body,
    response === null ? null : Number(response.isTruncated),
    deliberate.length === 0 ? null : deliberate.join(' '),
  ];
}

function prepareStatements({ prepare }: Connection) {
  return {
    leased: prepare(
      `select endpoint, status, payment_id, next_attempt_at_ms, is_ordered, is_resent
       from deliveries where ordinal = ? and lease_token = ?
         and endpoint in (select number from endpoints)`,
    ),
    insertAttempt: prepare(
      `insert into attempts (ordinal, at_ms, duration_ms, status_code, error, retry_after_ms,
         request_url, request_headers, response_headers, response_body, is_truncated, deliberate)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: prepare(
      `update deliveries set status = ?, attempts = attempts + ?, next_attempt_at_ms = ?,
         due_at_ms = ?, lease_token = null, is_resent = 0, is_ordered = ? where ordinal = ?`,
    ),
    // A person who has paused it meanwhile keeps the last word.
    disable: prepare(
      `update endpoints set is_enabled = 0, disabled_reason = 'gone',
         updated_at_ms = max(updated_at_ms, ?) where number = ? and is_enabled = 1`,
    ),
  };
}
