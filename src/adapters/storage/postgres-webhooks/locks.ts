/**
 * Who may work on an endpoint's deliveries beside whom. Locks are the transaction's and end with it. Whoever takes several
 * takes them in the order of the endpoints' numbers, and before any row: so nobody waits in a circle.
 *
 *   work (fan-out, results, given back)     endpoint `none`: beside other work    `strict`: alone
 *   by hand (changed, removed, sent again)  alone
 *   claims                                  no lock: they take rows that nobody else has (claims.ts)
 *
 * Strict order needs it: what ends a delivery looks for the payment's next one, and what makes the next one looks for
 * undone ones before it. At the same moment, neither would see the other's, and the next one would wait for ever.
 */
import { ConflictError, nameOf, type Queries } from '../postgres/connection.ts';
import { integer, type Row } from '../rows.ts';

/** The first number of an advisory lock; 7011 to 7013 are the log's. The second is the endpoint's. */
const ENDPOINT_LOCKS = 7014;
/** The numbers of endpoints begin with 1. */
const ADDITIONS = 0;

/** Of which endpoints: a query that gives their numbers. */
export interface Numbers {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Locks endpoints for work; gives their rows as they are then, without those that are gone. */
export async function lockForWork(queries: Queries, { sql, values }: Numbers): Promise<Row[]> {
  const statement = `select number, ordering,
      case when ordering = 'strict' then pg_advisory_xact_lock(${ENDPOINT_LOCKS}, number)
        else pg_advisory_xact_lock_shared(${ENDPOINT_LOCKS}, number) end
    from (select number, ordering from webhook_endpoints
      where number in (${sql}) order by number offset 0) as found`;
  const found = await queries.rows(nameOf(statement), statement, values);
  if (found.length === 0) return [];
  const orderings = new Map(found.map((row) => [integer(row, 'number'), row['ordering']]));
  const locked = await queries.rows(
    'webhook_locked',
    'select * from webhook_endpoints where number = any($1::integer[]) order by number',
    [[...orderings.keys()]],
  );
  // It became strict while the lock was waited for: it is the wrong one.
  if (locked.some((row) => row['ordering'] !== orderings.get(integer(row, 'number')))) {
    throw new ConflictError('an endpoint was changed meanwhile');
  }
  return locked;
}

/** Locks one endpoint for what is done by hand; gives its row as it is then, null when it is gone. */
export async function lockAlone(queries: Queries, { sql, values }: Numbers): Promise<Row | null> {
  const statement = `select number, pg_advisory_xact_lock(${ENDPOINT_LOCKS}, number)
    from webhook_endpoints where number in (${sql})`;
  const [found] = await queries.rows(nameOf(statement), statement, values);
  if (found === undefined) return null;
  const [row] = await queries.rows(
    'webhook_locked_alone',
    'select * from webhook_endpoints where number = $1',
    [integer(found, 'number')],
  );
  return row ?? null;
}

/** One endpoint is added at a time, so that they are counted right. */
export async function lockAdditions(queries: Queries): Promise<void> {
  await queries.rows(
    'webhook_lock_additions',
    `select pg_advisory_xact_lock(${ENDPOINT_LOCKS}, ${ADDITIONS})`,
  );
}
