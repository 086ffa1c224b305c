/** What somebody can do to a log on Postgres who owns the server. Each says which entry is then the first bad one. */
import type { Chance } from '../support/chance.ts';
import { type Attacker, contentsOf, type PostgresLog, type SoundChain } from './postgres-log.ts';

export interface Attack {
  readonly attacker: Attacker;
  readonly log: PostgresLog;
  readonly chain: SoundChain;
  readonly chance: Chance;
}

export interface Tampering {
  /** For whoever reads that it went unseen. */
  readonly what: string;
  /** Null when it is a place in the log, or a payment, that no entry can be named for. */
  readonly firstBad: number | null;
}

export const TAMPERINGS: Readonly<Record<string, (attack: Attack) => Promise<Tampering>>> = {
  edit,
  'edit and hash it': editAndHash,
  'edit and hash all that follows': editAndRewrite,
  delete: deleteOne,
  'delete and hash all that follows': deleteAndRewrite,
  insert,
  'insert and hash all that follows': insertAndRewrite,
  swap,
  'swap all but place and hashes': swapContents,
  'cut the tail': cutTail,
  'cut the tail and say so': cutTailAndSaySo,
  'give to another writer': giveAway,
  'take a place in the log away': takePlace,
  'tell of a payment in another order': reorder,
  'turn a payment back': turnBack,
};

const TEXTS = ['payment_id', 'type', 'request_id', 'actor', 'cause', 'data'] as const;
const COLUMNS = [...TEXTS, 'payment_sequence', 'at_ms', 'sequence', 'prev_hash', 'hash'] as const;

async function edit({ attacker, chain, chance }: Attack): Promise<Tampering> {
  const sequence = chance.int(1, chain.last);
  const column = chance.pick(COLUMNS);
  const before = (await attacker.entry(chain.writerNo, sequence))[column];
  const values =
    column === 'sequence'
      ? [0, -7, chain.last + 1, chain.last + 1_000]
      : typeof before === 'number'
        ? [before + 1, before - 1]
        : otherTexts(String(before), chance, column.endsWith('hash'));
  const value = chance.pick<string | number>(values);
  await attacker.sql(`update events set ${column} = $1 where writer_no = $2 and sequence = $3`, [
    value,
    chain.writerNo,
    sequence,
  ]);
  const isBefore = column === 'sequence' && typeof value === 'number' && value < 1;
  return { what: `${column} of entry ${sequence}`, firstBad: isBefore ? value : sequence };
}

function otherTexts(text: string, chance: Chance, isHash = false): readonly string[] {
  const at = chance.int(0, text.length - 1);
  const other = text[at] === 'a' ? 'b' : 'a';
  const changed = text.slice(0, at) + other + text.slice(at + 1);
  if (isHash) return [changed];
  return [changed, text.slice(0, at), ...[' ', '\n', '\ufffd'].map((end) => text + end)];
}

async function editText({ attacker, chain, chance }: Attack, sequence: number): Promise<string> {
  const column = chance.pick(TEXTS);
  const before = String((await attacker.entry(chain.writerNo, sequence))[column]);
  await attacker.sql(`update events set ${column} = $1 where writer_no = $2 and sequence = $3`, [
    chance.pick(otherTexts(before, chance)),
    chain.writerNo,
    sequence,
  ]);
  return `${column} of entry ${sequence}`;
}

async function editAndHash(attack: Attack): Promise<Tampering> {
  const { attacker, chain, chance } = attack;
  // The last entry's hash stands in the writer's row as well: even that one shows.
  const sequence = chance.int(1, chain.last);
  const what = await editText(attack, sequence);
  await attacker.rehash(chain, sequence, sequence);
  return { what, firstBad: sequence };
}

async function editAndRewrite(attack: Attack): Promise<Tampering> {
  const { attacker, chain } = attack;
  const sequence = anyAnchored(attack);
  const what = await editText(attack, sequence);
  await attacker.rehash(chain, sequence, chain.last);
  await attacker.moveWriter(chain, chain.last);
  return { what, firstBad: anchoredFrom(chain, sequence) };
}

async function remove({ attacker, chain }: Attack, sequence: number): Promise<void> {
  await attacker.sql('delete from events where writer_no = $1 and sequence = $2', [
    chain.writerNo,
    sequence,
  ]);
}

async function deleteOne(attack: Attack): Promise<Tampering> {
  const sequence = attack.chance.int(1, attack.chain.last);
  await remove(attack, sequence);
  return { what: `entry ${sequence}`, firstBad: sequence };
}

async function deleteAndRewrite(attack: Attack): Promise<Tampering> {
  const { attacker, chain } = attack;
  const sequence = anyAnchored(attack);
  await remove(attack, sequence);
  await attacker.shift(chain, sequence + 1, -1);
  await attacker.rehash(chain, sequence, chain.last - 1);
  await attacker.moveWriter(chain, chain.last - 1);
  return { what: `entry ${sequence}`, firstBad: anchoredFrom(chain, sequence) };
}

/** A forged entry takes the place of one, which goes on with all that follow it. */
async function insertAt({ attacker, chain, chance }: Attack, sequence: number): Promise<void> {
  const { writerNo, last } = chain;
  const columns = contentsOf(await attacker.entry(writerNo, chance.int(1, last)));
  await attacker.shift(chain, sequence, 1);
  await attacker.sql(
    `insert into events (writer_no, sequence, payment_id, payment_sequence, type, at_ms,
       request_id, actor, cause, data, prev_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, 'forged', $8, $9, $10, $10)`,
    [writerNo, sequence, ...columns.slice(0, 5), ...columns.slice(6), 'f'.repeat(64)],
  );
}

async function insert(attack: Attack): Promise<Tampering> {
  const sequence = attack.chance.int(1, attack.chain.last);
  await insertAt(attack, sequence);
  if (attack.chance.happens(0.5)) await attack.attacker.rehash(attack.chain, sequence, sequence);
  return { what: `before entry ${sequence}`, firstBad: sequence };
}

async function insertAndRewrite(attack: Attack): Promise<Tampering> {
  const { attacker, chain } = attack;
  const sequence = anyAnchored(attack);
  await insertAt(attack, sequence);
  await attacker.rehash(chain, sequence, chain.last + 1);
  await attacker.moveWriter(chain, chain.last + 1);
  return { what: `before entry ${sequence}`, firstBad: anchoredFrom(chain, sequence) };
}

async function swap({ attacker, chain, chance }: Attack): Promise<Tampering> {
  const [one, other] = twoOf(chain, chance);
  await attacker.sql(
    `update events set sequence = $2 + $3 - sequence where writer_no = $1 and sequence in ($2, $3)`,
    [chain.writerNo, one, other],
  );
  return { what: `entries ${one} and ${other}`, firstBad: one };
}

async function swapContents({ attacker, chain, chance }: Attack): Promise<Tampering> {
  const [one, other] = twoOf(chain, chance);
  const contents = [
    contentsOf(await attacker.entry(chain.writerNo, one)),
    contentsOf(await attacker.entry(chain.writerNo, other)),
  ];
  for (const [index, sequence] of [other, one].entries()) {
    await attacker.sql(
      `update events set payment_id = $3, payment_sequence = $4, type = $5, at_ms = $6,
         request_id = $7, actor = $8, cause = $9, data = $10 where writer_no = $1 and sequence = $2`,
      [chain.writerNo, sequence, ...(contents[index] ?? [])],
    );
  }
  return { what: `entries ${one} and ${other}`, firstBad: one };
}

async function cut({ attacker, chain }: Attack, first: number): Promise<void> {
  const { writerNo } = chain;
  for (const table of ['events', 'log_order']) {
    await attacker.sql(`delete from ${table} where writer_no = $1 and sequence >= $2`, [
      writerNo,
      first,
    ]);
  }
  await attacker.sql('update log_vector set sequence = $2 where writer_no = $1', [
    writerNo,
    first - 1,
  ]);
}

async function cutTail(attack: Attack): Promise<Tampering> {
  // The writer's row knows how far it had come, behind the last anchor too.
  const first = attack.chance.int(1, attack.chain.last);
  await cut(attack, first);
  return { what: `from entry ${first}`, firstBad: first };
}

async function cutTailAndSaySo(attack: Attack): Promise<Tampering> {
  const first = anyAnchored(attack);
  await cut(attack, first);
  await attack.attacker.moveWriter(attack.chain, first - 1);
  return { what: `from entry ${first}`, firstBad: first };
}

async function giveAway({ attacker, chain, log, chance }: Attack): Promise<Tampering> {
  const other = log.chains.find(({ writerNo }) => writerNo !== chain.writerNo) ?? chain;
  const sequence = chance.int(1, chain.last);
  await attacker.sql(
    'update events set writer_no = $1, sequence = $2 where writer_no = $3 and sequence = $4',
    [other.writerNo, other.last + 1, chain.writerNo, sequence],
  );
  // The first writer is looked at first: it has one too many, or one too few.
  const firstBad = chain.writerNo < other.writerNo ? sequence : other.last + 1;
  return { what: `entry ${sequence} to ${other.name}`, firstBad };
}

async function takePlace({ attacker, chain, chance }: Attack): Promise<Tampering> {
  const sequence = chance.int(1, chain.last);
  await attacker.sql('delete from log_order where writer_no = $1 and sequence = $2', [
    chain.writerNo,
    sequence,
  ]);
  return { what: `that of entry ${sequence}`, firstBad: sequence };
}

async function reorder({ attacker, chain, chance }: Attack): Promise<Tampering> {
  const [story] = await attacker.sql(
    `select payment_id, max(writer_no) as last_no from events where payment_id is not null
       group by payment_id having count(*) > 1 order by payment_id offset $1 limit 1`,
    [chance.int(0, 20)],
  );
  const places = await attacker.sql(
    `select position, writer_no, sequence, payment_sequence
       from log_order join events using (writer_no, sequence)
       where payment_id = $1 order by payment_sequence limit 2`,
    [story?.['payment_id']],
  );
  const [one, other] = places.map((row) => Number(row['position']));
  await attacker.sql('update log_order set position = -position where position = $1', [one]);
  await attacker.sql('update log_order set position = $1 where position = $2', [one, other]);
  await attacker.sql('update log_order set position = $1 where position = $2', [
    other,
    -Number(one),
  ]);
  const what = `entries of payment ${String(story?.['payment_id'])} of ${chain.name}`;
  return { what, firstBad: Number(places[1]?.['sequence']) };
}

async function turnBack({ attacker, chance }: Attack): Promise<Tampering> {
  const [payment] = await attacker.sql(
    `update payments set version = version + 1 where ordinal = (
       select ordinal from payments order by payment_id offset $1 limit 1) returning payment_id`,
    [chance.int(0, 20)],
  );
  const [last] = await attacker.sql(
    'select sequence from events where payment_id = $1 order by payment_sequence desc limit 1',
    [payment?.['payment_id']],
  );
  return { what: String(payment?.['payment_id']), firstBad: Number(last?.['sequence']) };
}

function twoOf({ last }: SoundChain, chance: Chance): [number, number] {
  const one = chance.int(1, last - 1);
  return [one, chance.int(one + 1, last)];
}

/** An entry that is anchored, or one of those before it. */
function anyAnchored({ chain, chance }: Attack): number {
  return chance.int(1, Math.max(...chain.anchored));
}

/** The first anchor that knows of this entry. */
function anchoredFrom({ anchored }: SoundChain, sequence: number): number {
  return Math.min(...anchored.filter((candidate) => candidate >= sequence));
}
