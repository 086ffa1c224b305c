/** Whether every entry has one place in the log (order.ts), and every place its entry. */
import type { EntryFault } from '../chain-walk.ts';
import { faultOf } from '../chain-walk.ts';
import { integer, text } from '../rows.ts';
import type { Snapshot } from './snapshot.ts';

/** Those up to where its writer has been passed over have one, later ones have none yet. */
const MISPLACED = `
  select writers.name, events.sequence, log_order.position from events
    join writers using (writer_no)
    left join log_vector vector using (writer_no)
    left join log_order on (log_order.writer_no, log_order.sequence) = (events.writer_no, events.sequence)
  where (events.sequence <= coalesce(vector.sequence, 0)) <> (log_order.position is not null)
  order by events.writer_no, events.sequence limit 1`;

const EMPTY_PLACES = `
  select position from log_order
  where not exists (select 1 from events
    where (events.writer_no, events.sequence) = (log_order.writer_no, log_order.sequence))
  order by position limit 1`;

const GAPS = `
  select place from (
    select position, row_number() over (order by position) as place from log_order) as counted
  where position <> place order by place limit 1`;

/** The first entry or place that is not as it should be; null when all are. Expects chains that hold. */
export async function faultOfOrder(
  snapshot: Snapshot,
  isOneOfSeveral: boolean,
): Promise<EntryFault | null> {
  const [misplaced] = await snapshot.all(MISPLACED);
  if (misplaced !== undefined) {
    const faultAt = faultOf(text(misplaced, 'name'), isOneOfSeveral);
    const problem =
      misplaced['position'] === null
        ? 'has no place in the log'
        : 'has a place in the log before its turn';
    return faultAt(integer(misplaced, 'sequence'), problem);
  }
  const [empty] = await snapshot.all(EMPTY_PLACES);
  if (empty !== undefined) return placeFault(integer(empty, 'position'), 'has no entry');
  const [gap] = await snapshot.all(GAPS);
  return gap === undefined ? null : placeFault(integer(gap, 'place'), 'is missing');
}

function placeFault(place: number, problem: string): EntryFault {
  return { sequence: null, message: `number ${place} of the log ${problem}` };
}
