/**
 * A batch is written by one statement: data-modifying CTEs over `unnest` arrays. It begins with the fence, which moves the
 * writer on; when the writer is not where this process left it (somebody took it, the log was begun anew, or settings
 * were changed meanwhile), the fence holds nothing and nothing at all is written.
 */
import { assert } from '../../../core/assert.ts';
import type { Values } from '../change-set.ts';
import { nameOf } from './connection.ts';

/** The tables that a batch adds to, the columns and their types, and what happens to a row that is there already. */
interface Target {
  readonly table: string;
  /** As `name type`, in the order of the values. */
  readonly columns: readonly string[];
  /** True: the rows belong to the writer, whose number comes before the values. */
  readonly isWriters?: boolean;
  readonly onConflict?: string;
}

const PAYMENT_COLUMNS = [
  'ordinal bigint',
  'payment_id text',
  'version integer',
  'status text',
  'amount_minor bigint',
  'currency text',
  'recipient text',
  'reference text',
  'description text',
  'channel text',
  'device_id text',
  'metadata text',
  'scenario text',
  'failure_reason text',
  'attempts integer',
  'captured_minor bigint',
  'refunded_minor bigint',
  'created_at_ms bigint',
  'updated_at_ms bigint',
  'entry text',
  'ip text',
  'risk text',
  'card_last4 text',
  'card text',
  'model_score double precision',
] as const;

const TARGETS = {
  newPayments: { table: 'payments', columns: PAYMENT_COLUMNS, isWriters: true },
  events: {
    table: 'events',
    columns: [
      'sequence bigint',
      'payment_id text',
      'payment_sequence integer',
      'type text',
      'at_ms bigint',
      'request_id text',
      'actor text',
      'cause text',
      'data text',
      'prev_hash text',
      'hash text',
    ],
    isWriters: true,
  },
  entries: {
    table: 'ledger_entries',
    columns: [
      'payment_id text',
      'kind text',
      'operation text',
      'debit text',
      'credit text',
      'currency text',
      'amount_minor bigint',
      'at_ms bigint',
    ],
  },
  refunds: {
    table: 'refunds',
    columns: [
      'refund_id text',
      'payment_id text',
      'amount_minor bigint',
      'reason text',
      'created_at_ms bigint',
    ],
  },
  // Settings that are changed for a time twice in one millisecond end together: the later change's timer counts.
  timers: {
    table: 'timers',
    columns: [
      'due_at_ms bigint',
      'payment_id text',
      'kind text',
      'attempt integer',
      'request_id text',
    ],
    onConflict: `(due_at_ms, payment_id, kind) do update set
      attempt = excluded.attempt, request_id = excluded.request_id, leased_until_ms = 0`,
  },
  counters: {
    table: 'counters',
    columns: ['name text', 'total numeric'],
    isWriters: true,
    onConflict: `(writer_no, name) do update set total = counters.total + excluded.total`,
  },
  bins: {
    table: 'sketch_bins',
    columns: ['sketch text', 'bin integer', 'count bigint'],
    isWriters: true,
    onConflict: `(writer_no, sketch, bin) do update set count = sketch_bins.count + excluded.count`,
  },
  settings: {
    table: 'settings',
    columns: ['name text', 'value text'],
    onConflict: '(name) do update set value = excluded.value',
  },
  ledgerTotals: {
    table: 'ledger_totals',
    columns: ['account text', 'currency text', 'debits_minor numeric', 'credits_minor numeric'],
    isWriters: true,
    onConflict: `(writer_no, account, currency) do update set
      debits_minor = ledger_totals.debits_minor + excluded.debits_minor,
      credits_minor = ledger_totals.credits_minor + excluded.credits_minor`,
  },
} as const satisfies Readonly<Record<string, Target>>;

type TargetName = keyof typeof TARGETS;
const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];

/** What is written, as rows by target. */
export type Rows = Readonly<Record<TargetName, readonly Values[]>>;

/** Where the writer stands before and after. */
export interface WriterMove {
  readonly writerNo: number;
  readonly generation: number;
  readonly settingsVersion: number;
  readonly from: number;
  readonly sequence: number;
  readonly hash: string;
  readonly ordinals: number;
  readonly atMs: number;
}

export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Numbers parameters as they are used. */
class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }

  /** The rows as a relation `name` with these columns. */
  relation(rows: readonly Values[], columns: readonly string[], name: string): string {
    const arrays = columns.map((column, index) => {
      const type = column.slice(column.indexOf(' ') + 1);
      return this.add(
        rows.map((values) => values[index] ?? null),
        `${type}[]`,
      );
    });
    return `unnest(${arrays.join(', ')}) as ${name}(${columns.map(nameIn).join(', ')})`;
  }
}

function nameIn(column: string): string {
  return column.slice(0, column.indexOf(' '));
}

/** What is written of a batch: rows that are added, by target, and what has to be as it was read. */
export interface Written {
  readonly added: Rows;
  /** Payments that stay with their card, and those that were tried again with another one (with the four card columns). */
  readonly changed: readonly Values[];
  readonly changedWithCard: readonly Values[];
  readonly firedTimers: readonly Values[];
  readonly newReplies: readonly Values[];
  /** Replies whose wait is over. */
  readonly endedReplies: readonly Values[];
  /** Replies made at this time or before are gone as if they had never been; a few are taken out with each batch. */
  readonly repliesKeptSinceMs: number;
  readonly expiredRepliesMax: number;
}

/** What a statement may consist of, beside its fence. */
type Part = TargetName | 'changed' | 'changedWithCard' | 'replied' | 'ended' | 'gone' | 'expired';

/**
 * A batch is written by the first of these statements that has all that it needs; what it does not need writes nothing.
 * One for each combination of parts would be hundreds, each of which every connection has to parse and plan, which takes
 * longer than to run it.
 */
const CARDS: readonly Part[] = [
  'newPayments',
  'events',
  'entries',
  'counters',
  'bins',
  'ledgerTotals',
];
const ACCOUNTS: readonly Part[] = ['newPayments', 'events', 'timers', 'counters'];
const PROGRESS: readonly Part[] = [...CARDS, 'timers', 'changed', 'gone'];
const ANYTHING: readonly Part[] = [...PROGRESS, 'refunds', 'replied', 'ended', 'expired'];
const SHAPES: readonly (readonly Part[])[] = [
  CARDS,
  ACCOUNTS,
  PROGRESS,
  ANYTHING,
  [...ANYTHING, 'changedWithCard', 'settings'],
];

function partsOf({ added, ...written }: Written): ReadonlySet<Part> {
  const needed = new Set<Part>(TARGET_NAMES.filter((name) => added[name].length > 0));
  if (written.changed.length > 0) needed.add('changed');
  if (written.changedWithCard.length > 0) needed.add('changedWithCard');
  if (written.newReplies.length > 0) needed.add('replied');
  if (written.endedReplies.length > 0) needed.add('ended');
  if (written.firedTimers.length > 0) needed.add('gone');
  if (written.expiredRepliesMax > 0) needed.add('expired');
  const shape = SHAPES.find((parts) => [...needed].every((part) => parts.includes(part)));
  assert(shape !== undefined, 'every part of a batch has its place in a statement');
  return new Set(shape);
}

/** Gives one row: `fenced` is 1 when all was written, 0 when nothing was. Fails as a conflict when something was not as it was read. */
export function commitStatement(move: WriterMove, written: Written): Statement {
  const parameters = new Parameters();
  const has = partsOf(written);
  const texts = [fence(move, parameters, written.added.settings.length > 0)];
  const expected: string[] = [];
  const expect = (part: Part, rows: readonly Values[], sql: () => string) => {
    if (!has.has(part)) return;
    texts.push(`changes_${part} as (${sql()} returning 1)`);
    const count = parameters.add(rows.length, 'bigint');
    expected.push(`assert_changed(${count}, (select count(*) from changes_${part}))`);
  };
  for (const name of TARGET_NAMES) {
    if (!has.has(name)) continue;
    const rows = written.added[name];
    texts.push(insertion(TARGETS[name], name === 'timers' ? lastOfEach(rows) : rows, parameters));
  }
  const { changed, changedWithCard, newReplies, endedReplies } = written;
  expect('changed', changed, () => paymentChanges(changed, CHANGED_COLUMNS, parameters));
  expect('changedWithCard', changedWithCard, () =>
    paymentChanges(changedWithCard, CHANGED_CARD_COLUMNS, parameters),
  );
  expect('replied', newReplies, () => repliesMade(written, parameters));
  expect('ended', endedReplies, () => repliesEnded(endedReplies, parameters));
  if (has.has('gone')) texts.push(timersFired(written.firedTimers, parameters));
  if (has.has('expired')) texts.push(repliesExpired(written, parameters));
  const checks =
    expected.length === 0
      ? ''
      : `, case when exists (select 1 from fence) then row(${expected.join(', ')})::text end`;
  const text = `with ${texts.join(',\n')} select (select count(*) from fence) as fenced${checks}`;
  return { name: nameOf(text), text, values: parameters.values };
}

const REPLY_COLUMNS = [
  'key_hash text',
  'fingerprint text',
  'status integer',
  'body text',
  'waits_for text',
  'created_at_ms bigint',
] as const;

const CHANGED_COLUMNS = [
  'version integer',
  'status text',
  'failure_reason text',
  'attempts integer',
  'captured_minor bigint',
  'refunded_minor bigint',
  'risk text',
  'updated_at_ms bigint',
  'ordinal bigint',
  'version_before integer',
] as const;

const CARD_COLUMNS = [
  'card_last4 text',
  'card text',
  'model_score double precision',
  'scenario text',
] as const;

const CHANGED_CARD_COLUMNS = [...CHANGED_COLUMNS, ...CARD_COLUMNS] as const;

const ROW_NAMES: ReadonlySet<string> = new Set(['ordinal', 'version_before']);

function setFrom(columns: readonly string[], source: string): string {
  return columns
    .map(nameIn)
    .filter((name) => !ROW_NAMES.has(name))
    .map((name) => `${name} = ${source}.${name}`)
    .join(', ');
}

/** Also says that settings were changed, when they are. */
function fence(move: WriterMove, parameters: Parameters, changesSettings: boolean): string {
  const moved = `update writers set sequence = ${parameters.add(move.sequence, 'bigint')},
      hash = ${parameters.add(move.hash, 'text')}, ordinals = ${parameters.add(move.ordinals, 'bigint')},
      at_ms = ${parameters.add(move.atMs, 'bigint')}
    where writer_no = ${parameters.add(move.writerNo, 'integer')}
      and generation = ${parameters.add(move.generation, 'bigint')}
      and sequence = ${parameters.add(move.from, 'bigint')}`;
  const version = parameters.add(move.settingsVersion, 'bigint');
  if (!changesSettings) {
    return `fence as (${moved} and (select settings_version from log) = ${version}
      returning writer_no)`;
  }
  return `versioned as (update log set settings_version = settings_version + 1
      where settings_version = ${version} returning 1),
    fence as (${moved} and exists (select 1 from versioned) returning writer_no)`;
}

function insertion(target: Target, rows: readonly Values[], parameters: Parameters): string {
  const { table, columns, isWriters = false, onConflict } = target;
  const names = columns.map(nameIn).join(', ');
  const relation = parameters.relation(rows, columns, 'added');
  const conflict = onConflict === undefined ? '' : `on conflict ${onConflict}`;
  return `into_${table} as (insert into ${table} (${names}${isWriters ? ', writer_no' : ''})
    select added.*${isWriters ? ', fence.writer_no' : ''} from fence, ${relation} ${conflict})`;
}

/** One statement may not write a row twice; of timers with the same key (onConflict says which those are) the last counts. */
function lastOfEach(timers: readonly Values[]): readonly Values[] {
  if (timers.length < 2) return timers;
  return [...new Map(timers.map((row) => [JSON.stringify(row.slice(0, 3)), row])).values()];
}

function paymentChanges(
  rows: readonly Values[],
  columns: readonly string[],
  parameters: Parameters,
): string {
  return `update payments set ${setFrom(columns, 'next')}, writer_no = fence.writer_no
    from fence, ${parameters.relation(rows, columns, 'next')}
    where payments.ordinal = next.ordinal and payments.version = next.version_before`;
}

const TIMER_KEY = ['due_at_ms bigint', 'payment_id text', 'kind text', 'attempt integer'] as const;

function repliesMade({ newReplies, repliesKeptSinceMs }: Written, parameters: Parameters): string {
  const keptSince = parameters.add(repliesKeptSinceMs, 'bigint');
  return `insert into replies as kept (${REPLY_COLUMNS.map(nameIn).join(', ')})
    select added.* from fence, ${parameters.relation(newReplies, REPLY_COLUMNS, 'added')}
    on conflict (key_hash) do update set ${setFrom(REPLY_COLUMNS.slice(1), 'excluded')}
      where kept.created_at_ms <= ${keptSince}`;
}

function repliesEnded(rows: readonly Values[], parameters: Parameters): string {
  return `update replies set ${setFrom(REPLY_COLUMNS.slice(1), 'next')}
    from fence, ${parameters.relation(rows, REPLY_COLUMNS, 'next')}
    where replies.key_hash = next.key_hash and replies.waits_for is not null`;
}

function timersFired(rows: readonly Values[], parameters: Parameters): string {
  const same = TIMER_KEY.map(nameIn).map((name) => `timers.${name} = fired.${name}`);
  return `gone as (delete from timers using fence, ${parameters.relation(rows, TIMER_KEY, 'fired')}
    where ${same.join(' and ')})`;
}

function repliesExpired(written: Written, parameters: Parameters): string {
  const before = parameters.add(written.repliesKeptSinceMs, 'bigint');
  const most = parameters.add(written.expiredRepliesMax, 'bigint');
  // What another process takes out is left to it, and what this very batch writes under the same key stays.
  const mine = parameters.add(
    [...written.newReplies, ...written.endedReplies].map(([keyHash]) => keyHash),
    'text[]',
  );
  return `expired as (delete from replies where key_hash in (
    select key_hash from replies, fence
      where created_at_ms <= ${before} and key_hash <> all (${mine})
      order by created_at_ms limit ${most} for update of replies skip locked))`;
}
