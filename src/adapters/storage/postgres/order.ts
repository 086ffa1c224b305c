/**
 * One order for many writers. Each commit appends to its own writer's sequence, so that no writer waits for another; which
 * commit is first nobody knows until all of them are there. Readers want one place to go on from. So a pass over what
 * was committed since (`order_log`, in the migration) gives every event its position, from a vector of how far each
 * writer has been passed over; a position never changes, and none is left out.
 *
 * An event never gets its place before what it was decided on: a payment's next event was decided after the one before
 * it was committed (its row is read and its version compared), no clock gives it an earlier time (`Clock.reach`), and
 * the pass takes all events up to one moment. A single number given out at the commit would not do: it skips rows
 * that are committed late.
 */
import type { Queries } from './connection.ts';

/** Events that get their place in one pass; so many of one millisecond may be a few more. */
const PASS_EVENTS = 5_000;

/**
 * Gives all that was committed before the call its place; cheap when there is nothing to do. What is committed while it
 * works waits for the next call: else it would never end under load.
 */
export async function orderLog(queries: Queries): Promise<void> {
  const [behind] = await queries.rows(
    'is_behind',
    `select exists (
       select 1 from writers left join log_vector using (writer_no)
         where writers.sequence > coalesce(log_vector.sequence, 0)) as behind`,
  );
  if (behind?.['behind'] !== true) return;
  for (;;) {
    const [pass] = await queries.rows('order_log', 'select order_log($1) as has_more', [
      PASS_EVENTS,
    ]);
    if (pass?.['has_more'] !== true) return;
  }
}
