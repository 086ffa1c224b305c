/**
 * What somebody can do to a log who owns the file. Each kind is done once, by chance, and says which entry is then the
 * first bad one. An attacker has the chain's own function too.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { CHAIN_START, type EntryColumns, hashEntry } from '../../src/adapters/storage/chain.ts';
import type { Row } from '../../src/adapters/storage/rows.ts';
import type { Chance } from '../support/chance.ts';
import { type SoundLog, WRITER } from './sound-log.ts';

export interface Attack {
  readonly database: DatabaseSync;
  readonly log: SoundLog;
  readonly chance: Chance;
}

export interface Tampering {
  /** For whoever reads that it went unseen. */
  readonly what: string;
  /** The first bad entry; null when all that shows is a payment without entries. */
  readonly firstBad: number | null;
}

export const TAMPERINGS: Readonly<Record<string, (attack: Attack) => Tampering>> = {
  edit,
  'edit and hash it': editAndHash,
  'edit and hash all that follows': editAndRewrite,
  delete: deleteOne,
  'delete and close the gap': deleteAndClose,
  'delete and hash all that follows': deleteAndRewrite,
  insert,
  'insert with its own hash': insertHashed,
  'insert and hash all that follows': insertAndRewrite,
  swap,
  'swap all but place and hashes': swapContents,
  'cut the tail': cutTail,
};

// ---- edit

const TEXTS = ['payment_id', 'type', 'request_id', 'actor', 'cause', 'data'] as const;
const COLUMNS = [...TEXTS, 'payment_sequence', 'at_ms', 'sequence', 'prev_hash', 'hash'] as const;

function edit({ database, log, chance }: Attack): Tampering {
  const sequence = chance.int(1, log.last);
  const column = chance.pick(COLUMNS);
  const before = entryAt(database, sequence)[column];
  const value = chance.pick(otherValues(before, column, log.last, chance));
  // Bytes in a text are not UTF-8, and would be read as the text that they replace.
  const isText = value instanceof Uint8Array && typeof before === 'string';
  database
    .prepare(`update events set ${column} = ${isText ? 'cast(? as text)' : '?'} where sequence = ?`)
    .run(value, sequence);
  const isBefore = column === 'sequence' && typeof value === 'number' && value < 1;
  return { what: `${column} of entry ${sequence}`, firstBad: isBefore ? value : sequence };
}

function otherValues(
  before: unknown,
  column: string,
  last: number,
  chance: Chance,
): readonly SQLInputValue[] {
  const huge = 2n ** 62n;
  if (column === 'sequence') return [0, -7, last + 1, last + 1_000, huge];
  if (typeof before === 'number') return [before + 1, before - 1, -before, huge];
  if (before instanceof Uint8Array) return [flipped(before, chance), Buffer.alloc(32, 0xff)];
  const text = String(before);
  const values: SQLInputValue[] = [...otherTexts(text, chance)];
  if (column === 'payment_id') values.push(null);
  if (text.includes('\ufffd')) values.push(...Array.from({ length: 3 }, () => brokenUtf8(text)));
  return values;
}

function otherTexts(text: string, chance: Chance): readonly string[] {
  const at = chance.int(0, text.length - 1);
  const other = text[at] === 'x' ? 'y' : 'x';
  return [
    text.slice(0, at) + other + text.slice(at + 1),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at),
    ...[' ', '\n', '\0', '\0x', '\ufffd'].map((end) => text + end),
  ];
}

function brokenUtf8(text: string): Buffer {
  const at = text.indexOf('\ufffd');
  return Buffer.concat([
    Buffer.from(text.slice(0, at)),
    Buffer.from([0xff]),
    Buffer.from(text.slice(at + 1)),
  ]);
}

function flipped(bytes: Uint8Array, chance: Chance): Buffer {
  const other = Buffer.from(bytes);
  const at = chance.int(0, other.length - 1);
  other[at] = (other[at] ?? 0) ^ (1 << chance.int(0, 7));
  return other;
}

function editAndHash(attack: Attack): Tampering {
  // The last entry has none behind it and is not anchored: there ends what can be shown.
  const tampering = editText(attack, attack.chance.int(1, attack.log.last - 1));
  rehash(attack.database, { first: tampering.firstBad, last: tampering.firstBad });
  return tampering;
}

function editAndRewrite(attack: Attack): Tampering {
  const sequence = anyAnchored(attack);
  const { what } = editText(attack, sequence);
  rehash(attack.database, { first: sequence, last: attack.log.last });
  return { what, firstBad: anchoredFrom(attack.log, sequence) };
}

function editText({ database, chance }: Attack, sequence: number) {
  const column = chance.pick(TEXTS);
  const value = chance.pick(otherTexts(String(entryAt(database, sequence)[column]), chance));
  database.prepare(`update events set ${column} = ? where sequence = ?`).run(value, sequence);
  return { what: `${column} of entry ${sequence}`, firstBad: sequence };
}

// ---- delete

function deleteOne({ database, log, chance }: Attack): Tampering {
  const sequence = chance.int(1, log.last);
  const { payment_id: paymentId } = entryAt(database, sequence);
  database.prepare('delete from events where sequence = ?').run(sequence);
  const what = `entry ${sequence}`;
  if (sequence < log.last) return { what, firstBad: sequence };
  // Behind the last anchor the end of the chain shows nothing, but the payment is ahead of its entries.
  const left = database
    .prepare('select max(sequence) as last from events where payment_id = ?')
    .get(String(paymentId));
  return { what, firstBad: left?.['last'] === null ? null : Number(left?.['last']) };
}

function deleteAndClose({ database, log, chance }: Attack): Tampering {
  const sequence = chance.int(1, log.last - 1);
  removeAt(database, sequence);
  return { what: `entry ${sequence}`, firstBad: sequence };
}

function deleteAndRewrite(attack: Attack): Tampering {
  const sequence = anyAnchored(attack);
  removeAt(attack.database, sequence);
  rehash(attack.database, { first: sequence, last: attack.log.last - 1 });
  return { what: `entry ${sequence}`, firstBad: anchoredFrom(attack.log, sequence) };
}

function removeAt(database: DatabaseSync, sequence: number): void {
  database.prepare('delete from events where sequence = ?').run(sequence);
  shift(database, sequence + 1, -1);
}

function cutTail(attack: Attack): Tampering {
  const first = anyAnchored(attack);
  attack.database.prepare('delete from events where sequence >= ?').run(first);
  return { what: `from entry ${first}`, firstBad: first };
}

// ---- insert

function insert(attack: Attack): Tampering {
  const sequence = attack.chance.int(1, attack.log.last);
  insertAt(attack, sequence);
  return { what: `before entry ${sequence}`, firstBad: sequence };
}

function insertHashed(attack: Attack): Tampering {
  const sequence = attack.chance.int(1, attack.log.last);
  insertAt(attack, sequence);
  rehash(attack.database, { first: sequence, last: sequence });
  return { what: `before entry ${sequence}`, firstBad: sequence };
}

function insertAndRewrite(attack: Attack): Tampering {
  const sequence = anyAnchored(attack);
  insertAt(attack, sequence);
  rehash(attack.database, { first: sequence, last: attack.log.last + 1 });
  return { what: `before entry ${sequence}`, firstBad: anchoredFrom(attack.log, sequence) };
}

/** A forged entry takes the place of one, which goes on with all that follow it. */
function insertAt({ database, log, chance }: Attack, sequence: number): void {
  const columns = contentsOf(entryAt(database, chance.int(1, log.last)));
  const forged = [...columns.slice(0, 5), 'forged', ...columns.slice(6)];
  shift(database, sequence, 1);
  database
    .prepare('insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(sequence, ...forged, hashBefore(database, sequence), Buffer.alloc(32, 0xff));
}

// ---- swap

function swap(attack: Attack): Tampering {
  const [one, other] = twoOf(attack);
  attack.database.exec(`
    update events set sequence = 0 where sequence = ${one};
    update events set sequence = ${one} where sequence = ${other};
    update events set sequence = ${other} where sequence = 0`);
  return { what: `entries ${one} and ${other}`, firstBad: one };
}

function swapContents(attack: Attack): Tampering {
  const { database } = attack;
  const [one, other] = twoOf(attack);
  const contents = [contentsOf(entryAt(database, one)), contentsOf(entryAt(database, other))];
  const update = database.prepare(
    `update events set payment_id = ?, payment_sequence = ?, type = ?, at_ms = ?, request_id = ?,
       actor = ?, cause = ?, data = ? where sequence = ?`,
  );
  update.run(...(contents[1] ?? []), one);
  update.run(...(contents[0] ?? []), other);
  return { what: `entries ${one} and ${other}`, firstBad: one };
}

function twoOf({ log, chance }: Attack): [number, number] {
  const one = chance.int(1, log.last - 1);
  return [one, chance.int(one + 1, log.last)];
}

// ---- what they have in common

/** An entry that is anchored, or one of those before it. */
function anyAnchored({ log, chance }: Attack): number {
  return chance.int(1, Math.max(...log.anchored));
}

/** The first anchor that knows of this entry. */
function anchoredFrom({ anchored }: SoundLog, sequence: number): number {
  return Math.min(...anchored.filter((candidate) => candidate >= sequence));
}

function entryAt(database: DatabaseSync, sequence: number): Row {
  const row = database.prepare('select * from events where sequence = ?').get(sequence);
  if (row === undefined) throw new Error(`there is no entry ${sequence}`);
  return row;
}

function contentsOf(row: Row): EntryColumns {
  const { payment_id, payment_sequence, type, at_ms, request_id, actor, cause, data } = row;
  const contents = [payment_id, payment_sequence, type, at_ms, request_id, actor, cause, data];
  return contents as unknown as EntryColumns;
}

function hashBefore(database: DatabaseSync, sequence: number): Buffer {
  if (sequence === 1) return Buffer.from(CHAIN_START, 'hex');
  return Buffer.from(entryAt(database, sequence - 1)['hash'] as Uint8Array);
}

/** Moves every entry from `first` on; by way of negative places, because each can be taken only once. */
function shift(database: DatabaseSync, first: number, by: 1 | -1): void {
  database.exec(`
    update events set sequence = -(sequence + ${by}) where sequence >= ${first};
    update events set sequence = -sequence where sequence < 0`);
}

export interface Rehashing {
  readonly first: number;
  readonly last: number;
  /** The hash that the first one is to follow; left out, it is that of the entry before it. */
  readonly after?: Buffer;
}

/** Chains and hashes these entries again, as the engine would have. */
export function rehash(database: DatabaseSync, options: Rehashing): void {
  const { first, last, after = hashBefore(database, first) } = options;
  const update = database.prepare('update events set prev_hash = ?, hash = ? where sequence = ?');
  let previous = after;
  for (let sequence = first; sequence <= last; sequence += 1) {
    const columns = contentsOf(entryAt(database, sequence));
    const hash = hashEntry(previous.toString('hex'), WRITER, sequence, columns);
    const current = Buffer.from(hash, 'hex');
    update.run(previous, current, sequence);
    previous = current;
  }
}
