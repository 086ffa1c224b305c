/** What became of leased deliveries: their attempts, and what follows from each. */
import type { DeliveryOutcome, DeliveryStore } from '../../../engine/webhooks/ports.ts';
import type { Queries } from '../postgres/connection.ts';
import { integer, type Row } from '../rows.ts';
import { attemptColumns, endedAtMs, statusAfter } from '../sqlite-webhooks/record.ts';
import { statusOf } from '../sqlite-webhooks/rows.ts';
import { countMoves } from '../sqlite-webhooks/tally.ts';
import { endpointsOf, leasedRows, turnsOf } from './claims.ts';
import { lockForWork } from './locks.ts';
import { bodyText } from './rows.ts';
import { writeTally } from './tally.ts';
import type { Transactions } from './transaction.ts';
import { settle } from './turns.ts';

export function recordMethod({ writeSoon }: Transactions): DeliveryStore['record'] {
  return async (token, outcomes) => {
    if (outcomes.length === 0) return [];
    return writeSoon((queries) => recordAll(queries, token, outcomes));
  };
}

interface Recorded {
  readonly row: Row;
  readonly outcome: DeliveryOutcome;
}

async function recordAll(
  queries: Queries,
  token: string,
  outcomes: readonly DeliveryOutcome[],
): Promise<readonly number[]> {
  const recorded = await leasedTo(queries, token, outcomes);
  if (recorded.length === 0) return [];
  await insertAttempts(queries, recorded);
  const moves = countMoves();
  const updates = recorded.map(({ row, outcome: { ordinal, attempts, after } }) => {
    const { status, nextMs, staysOrdered } = statusAfter(row, after);
    moves.moved(integer(row, 'endpoint'), statusOf(row), status);
    return [ordinal, status, attempts.length, stored(nextMs), Number(staysOrdered)] as const;
  });
  await queries.rows(
    'webhook_record',
    `update webhook_deliveries as one set status = became.status, attempts = attempts + made,
         next_attempt_at_ms = next_ms, due_at_ms = next_ms, lease_token = null, is_resent = 0,
         is_ordered = stays_ordered
       from unnest($1::bigint[], $2::text[], $3::integer[], $4::bigint[], $5::smallint[])
         as became(ordinal, status, made, next_ms, stays_ordered)
       where one.ordinal = became.ordinal`,
    transposed(updates),
  );
  // One that was tried out of turn goes back into line; one that is done makes way.
  await settle(queries, turnsOf(recorded.map(({ row }) => row)));
  for (const { row, outcome } of recorded) {
    if (outcome.after.isGone) await disable(queries, integer(row, 'endpoint'), outcome);
  }
  await writeTally(queries, moves);
  return recorded.map(({ outcome: { ordinal } }) => ordinal);
}

/** Those that are leased to the holder of this token, of endpoints that there are, each once. */
async function leasedTo(
  queries: Queries,
  token: string,
  outcomes: readonly DeliveryOutcome[],
): Promise<Recorded[]> {
  const ordinals = outcomes.map(({ ordinal }) => ordinal);
  const endpoints = await lockForWork(queries, endpointsOf(ordinals));
  const known = new Set(endpoints.map((row) => integer(row, 'number')));
  const rows = new Map(await leasedRows(queries, token, ordinals));
  return outcomes.flatMap((outcome) => {
    const row = rows.get(outcome.ordinal);
    if (row === undefined || !known.has(integer(row, 'endpoint'))) return [];
    rows.delete(outcome.ordinal);
    return [{ row, outcome }];
  });
}

const ATTEMPT_COLUMNS = [
  'ordinal bigint',
  'at_ms bigint',
  'duration_ms double precision',
  'status_code integer',
  'error text',
  'retry_after_ms double precision',
  'request_url text',
  'request_headers text',
  'response_headers text',
  'response_body text',
  'is_truncated smallint',
  'deliberate text',
] as const;

const NAMES = ATTEMPT_COLUMNS.map((column) => column.slice(0, column.indexOf(' '))).join(', ');
const ARRAYS = ATTEMPT_COLUMNS.map(
  (column, index) => `$${index + 1}::${column.slice(column.indexOf(' ') + 1)}[]`,
).join(', ');

async function insertAttempts(queries: Queries, recorded: readonly Recorded[]): Promise<void> {
  const rows = recorded.flatMap(({ outcome: { ordinal, attempts } }) =>
    attempts.map(({ response, ...attempt }) =>
      attemptColumns(ordinal, {
        ...attempt,
        response: response === null ? null : { ...response, body: bodyText(response.body) },
      }),
    ),
  );
  if (rows.length === 0) return;
  await queries.rows(
    'webhook_attempts',
    `insert into webhook_attempts (${NAMES})
       select ${NAMES} from unnest(${ARRAYS}) with ordinality as made(${NAMES}, place)
       order by place`,
    transposed(rows),
  );
}

/** A person who has paused it meanwhile keeps the last word. */
async function disable(
  queries: Queries,
  endpoint: number,
  { attempts }: DeliveryOutcome,
): Promise<void> {
  await queries.rows(
    'webhook_disable',
    `update webhook_endpoints set is_enabled = 0, disabled_reason = 'gone',
         updated_at_ms = greatest(updated_at_ms, $1)
       where number = $2 and is_enabled = 1`,
    [endedAtMs(attempts), endpoint],
  );
}

/** What is no number is nothing, and the table refuses it. */
function stored(ms: number | null): number | null {
  return ms === null || Number.isNaN(ms) ? null : ms;
}

function transposed(rows: readonly (readonly unknown[])[]): unknown[][] {
  const [first = []] = rows;
  return first.map((_, column) => rows.map((row) => row[column]));
}
