/**
 * What a power cut leaves of a database and its WAL. After each commit the two files are read, and
 * the 512-byte sectors that changed since the one before are kept. A cut at some moment then is:
 * everything that an fsync had made durable, and of what was written after it an arbitrary subset
 * of sectors, because a page cache and a drive write in any order. What is lost keeps its old
 * content, or is zero where the file had just grown.
 *
 * What is durable when depends on `pragma synchronous`. In WAL mode SQLite
 * - with FULL fsyncs the WAL in every commit, before it returns;
 * - with NORMAL fsyncs the WAL only before a checkpoint, so that everything since the last one
 *   may be lost;
 * - with both fsyncs the WAL before it copies pages into the database, the database before it
 *   starts the WAL anew, and the new WAL's header before the frames behind it.
 * That it really does can be seen with strace (see traced.ts); that the connection really asks for
 * it is read from it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Chance } from '../support/chance.ts';

const SECTOR_BYTES = 512;
const FILES = ['db', 'wal'] as const;
type FileName = (typeof FILES)[number];

/** Where the fsyncs are: in each commit, or only at checkpoints. */
export type Durability = 'commit' | 'checkpoint';

/** The durability that a value of `pragma synchronous` gives in WAL mode. */
export function durabilityOf(synchronous: unknown): Durability {
  if (synchronous === 2 || synchronous === 3) return 'commit';
  if (synchronous === 1) return 'checkpoint';
  throw new Error(`synchronous = ${String(synchronous)} keeps nothing over a power cut`);
}

interface Sector {
  readonly file: FileName;
  readonly index: number;
  readonly bytes: Buffer;
}

/** What one commit wrote, the checkpoint that may have followed it included. */
interface Turn {
  readonly sectors: readonly Sector[];
  readonly hasCheckpoint: boolean;
}

type Images = Record<FileName, Buffer>;

/** Watches the files of one database from commit to commit. */
export class DiskRecorder {
  readonly turns: Turn[] = [];
  readonly #paths: Record<FileName, string>;
  #images: Images = { db: Buffer.alloc(0), wal: Buffer.alloc(0) };

  constructor(path: string) {
    this.#paths = { db: path, wal: `${path}-wal` };
  }

  /** To be called after a commit has returned and before anything else is written. */
  note(): void {
    const now: Images = { db: contentOf(this.#paths.db), wal: contentOf(this.#paths.wal) };
    const sectors = FILES.flatMap((file) => changedSectors(file, this.#images[file], now[file]));
    this.turns.push({ sectors, hasCheckpoint: sectors.some(({ file }) => file === 'db') });
    this.#images = now;
  }
}

function contentOf(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}

function changedSectors(file: FileName, before: Buffer, now: Buffer): Sector[] {
  const changed: Sector[] = [];
  for (let at = 0; at < now.length; at += SECTOR_BYTES) {
    const bytes = now.subarray(at, at + SECTOR_BYTES);
    if (!bytes.equals(before.subarray(at, at + SECTOR_BYTES))) {
      changed.push({ file, index: at / SECTOR_BYTES, bytes });
    }
  }
  return changed;
}

export interface Cut {
  /** The power fails after turn `at` was answered, while the next one is written. */
  readonly at: number;
  readonly durability: Durability;
  readonly chance: Chance;
}

/** Writes to `path` (and its WAL) what the disk holds after the cut. */
export function cutPower(
  turns: readonly Turn[],
  { at, durability, chance }: Cut,
  path: string,
): void {
  const syncedAt = durability === 'commit' ? at : lastCheckpoint(turns, at);
  const durable = turns.slice(0, syncedAt + 1).flatMap((turn) => turn.sectors);
  const all = [...durable, ...survivors(turns.slice(syncedAt + 1, at + 2), chance)];
  writeFileSync(path, imageOf('db', all));
  writeFileSync(`${path}-wal`, imageOf('wal', all));
}

/** The content of a file, from its sectors in the order in which they were written. */
function imageOf(file: FileName, written: readonly Sector[]): Buffer {
  const own = written.filter((sector) => sector.file === file);
  const ends = own.map(({ index, bytes }) => index * SECTOR_BYTES + bytes.length);
  const image = Buffer.alloc(ends.reduce((most, end) => Math.max(most, end), 0));
  for (const { index, bytes } of own) bytes.copy(image, index * SECTOR_BYTES);
  return image;
}

/** The last turn up to `at` that ended with a checkpoint; the first one when there was none. */
function lastCheckpoint(turns: readonly Turn[], at: number): number {
  return Math.max(
    0,
    turns.slice(0, at + 1).findLastIndex((turn) => turn.hasCheckpoint),
  );
}

/** A subset of what was under way: mostly a part, at times nothing or all of it. */
function survivors(turns: readonly Turn[], chance: Chance): Sector[] {
  const kept = chance.pick([0, 0.1, 0.5, 0.9, 1]);
  const written = turns.flatMap((turn) => [...newWalHeader(turn), ...turn.sectors]);
  // The database is written only after the WAL was fsynced: either the WAL is torn, or it is whole
  // and the database is.
  const isCheckpointing = chance.happens(0.5) && written.some(({ file }) => file === 'db');
  return written.filter(({ file, bytes }) => {
    if (bytes.length === WAL_HEADER_BYTES) return true;
    if (isCheckpointing) return file === 'wal' || chance.happens(kept);
    return file === 'wal' && chance.happens(kept);
  });
}

const WAL_HEADER_BYTES = 32;

/**
 * The header of a WAL that a turn starts anew, as a write of its own: SQLite fsyncs it before the
 * frames behind it, under FULL and NORMAL alike. Otherwise frames of the old WAL could come to life
 * again in front of a database that has moved on.
 */
function newWalHeader({ sectors }: Turn): Sector[] {
  const first = sectors.find(({ file, index }) => file === 'wal' && index === 0);
  return first === undefined
    ? []
    : [{ ...first, bytes: first.bytes.subarray(0, WAL_HEADER_BYTES) }];
}
