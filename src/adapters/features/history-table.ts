/**
 * A hash table of histories in plain bytes. However many it holds, the garbage collector sees two arrays; with a million
 * histories in Maps, every one of its rounds held everybody up for 50 ms.
 *
 * Records are appended one after the other, and an index (open addressing, linear probing) has their offsets. A history
 * that has outgrown its record gets another; the old one is dead, and is left behind when room is made.
 */
import type { History } from '../../core/history.ts';
import {
  bytesAt,
  bytesFor,
  hashAt,
  hasRoom,
  historyAt,
  isDead,
  isOf,
  kill,
  writeHistory,
  writeRecord,
} from './history-record.ts';
import { type KeyBytes, WORD_BYTES } from './key-bytes.ts';

const BYTES_MIN = 512;
const SLOTS_MIN = 8;
const SLOT_WORDS = 2;

/** What a table begins with, which is never written to: most of the thousands that a cache has may stay empty. */
const NO_RECORDS = new DataView(new ArrayBuffer(0));
const NO_SLOTS = new Uint32Array(SLOTS_MIN * SLOT_WORDS);

/** What is looked for is not there. */
const NOWHERE = -1;

export class HistoryTable {
  /** Histories in it. */
  count = 0;
  /** What their records take, without what is dead or spare. */
  bytes = 0;
  #records = NO_RECORDS;
  #usedBytes = 0;
  /**
   * Slots of two words: the offset of a record plus one, and its key's hash, so that other records are hardly ever looked
   * at. A power of two of slots, at most three quarters of them used.
   */
  #index = NO_SLOTS;
  #usedSlots = 0;

  get(key: KeyBytes): History | null {
    const at = this.#find(key);
    return at === NOWHERE ? null : historyAt(this.#records, at);
  }

  set(key: KeyBytes, history: History): void {
    const at = this.#find(key);
    if (at !== NOWHERE && hasRoom(this.#records, at, history)) {
      writeHistory(this.#records, at, history);
      return;
    }
    if (at !== NOWHERE) this.#kill(at);
    this.#makeRoom(bytesFor(key, history));
    writeRecord(this.#records, this.#usedBytes, key, history);
    this.#take();
  }

  delete(key: KeyBytes): void {
    const at = this.#find(key);
    if (at !== NOWHERE) this.#kill(at);
  }

  /** Copies all records that are not dead, `bytes` in all, to `target` from `start` on. */
  copyTo(target: Uint8Array, start: number): void {
    if (this.bytes < this.#usedBytes) this.#compact();
    target.set(new Uint8Array(this.#records.buffer, 0, this.#usedBytes), start);
  }

  /** Takes in a copied record, of a key that it does not have. */
  add(from: DataView, at: number): void {
    const length = bytesAt(from, at);
    this.#makeRoom(length);
    for (let place = 0; place < length; place += WORD_BYTES) {
      this.#records.setUint32(this.#usedBytes + place, from.getUint32(at + place));
    }
    this.#take();
  }

  #find(key: KeyBytes): number {
    for (let slot = this.#firstSlot(key.hash); ; slot = this.#nextSlot(slot)) {
      const place = this.#index[slot] ?? 0;
      if (place === 0) return NOWHERE;
      const isAlike = this.#index[slot + 1] === key.hash;
      if (isAlike && isOf(this.#records, place - 1, key)) return place - 1;
    }
  }

  /** Its slot stays used: whoever looks for another key has to go on past it. */
  #kill(at: number): void {
    this.count -= 1;
    this.bytes -= bytesAt(this.#records, at);
    kill(this.#records, at);
  }

  /** The record that begins where the used bytes end is there now. */
  #take(): void {
    const at = this.#usedBytes;
    const length = bytesAt(this.#records, at);
    const hash = hashAt(this.#records, at);
    let slot = this.#firstSlot(hash);
    while (this.#index[slot] !== 0) slot = this.#nextSlot(slot);
    this.#index[slot] = at + 1;
    this.#index[slot + 1] = hash;
    this.#usedSlots += 1;
    this.#usedBytes += length;
    this.count += 1;
    this.bytes += length;
  }

  /** For one more record of so many bytes. */
  #makeRoom(bytes: number): void {
    const isFull = (this.#usedSlots + 1) * SLOT_WORDS * 4 > this.#index.length * 3;
    if (!isFull && this.#usedBytes + bytes <= this.#records.byteLength) return;
    this.#compact();
    // Half as much again, so that a table of n records is copied a few times and not n times.
    const room = Math.max(BYTES_MIN, Math.ceil((this.bytes + bytes) * 1.5));
    if (room <= this.#records.byteLength) return;
    const larger = new Uint8Array(room);
    larger.set(new Uint8Array(this.#records.buffer, 0, this.#usedBytes));
    this.#records = new DataView(larger.buffer);
  }

  /** Leaves the dead behind and makes a new index, at most half of which is used. */
  #compact(): void {
    const records = new Uint8Array(this.#records.buffer);
    const end = this.#usedBytes;
    const slots = 2 ** Math.ceil(Math.log2((this.count + 1) * 2));
    this.#index = new Uint32Array(Math.max(SLOTS_MIN, slots) * SLOT_WORDS);
    this.#usedBytes = this.#usedSlots = this.count = this.bytes = 0;
    for (let at = 0; at < end;) {
      const next = at + bytesAt(this.#records, at);
      if (!isDead(this.#records, at)) {
        if (this.#usedBytes < at) records.copyWithin(this.#usedBytes, at, next);
        this.#take();
      }
      at = next;
    }
  }

  /** By the upper bits of the hash times the golden ratio (Knuth), on which all of its bits have a say. */
  #firstSlot(hash: number): number {
    const slots = this.#index.length / SLOT_WORDS;
    return (Math.imul(hash, 0x9e3779b1) >>> (Math.clz32(slots) + 1)) * SLOT_WORDS;
  }

  #nextSlot(slot: number): number {
    return (slot + SLOT_WORDS) & (this.#index.length - 1);
  }
}
