/**
 * One history and its key in bytes, somewhere in a larger array; little-endian, in whole words, and on disk the same as in
 * memory:
 *
 *     hash of the key u32 | length of the key and flag u32 | numbers u16 | room for numbers u16 | numbers f64 … | key, zeros
 */
import { type History, historyFrom, LAST_SEQUENCE } from '../../core/history.ts';
import { type KeyBytes, WORD_BYTES, wordsFor } from './key-bytes.ts';

const KEY = 4;
const LENGTH = 8;
const ROOM = 10;
const NUMBERS = 12;
const NUMBER_BYTES = 8;

/** A flag below the length of the key: the record is nobody's any more. */
const DEAD = 1;

/** What a record of them takes, without room to spare. */
export function bytesFor(key: KeyBytes, history: History): number {
  return NUMBERS + history.length * NUMBER_BYTES + wordsFor(key.length) * WORD_BYTES;
}

export function writeRecord(bytes: DataView, at: number, key: KeyBytes, history: History): void {
  bytes.setUint32(at, key.hash, true);
  bytes.setUint32(at + KEY, key.length * 2, true);
  bytes.setUint16(at + ROOM, history.length, true);
  writeHistory(bytes, at, history);
  const start = keyStart(bytes, at);
  for (let place = 0; place < key.length; place += WORD_BYTES) {
    bytes.setUint32(start + place, key.view.getUint32(place));
  }
}

/** Over the one that is there, which has room for it. */
export function writeHistory(bytes: DataView, at: number, history: History): void {
  bytes.setUint16(at + LENGTH, history.length, true);
  let numberAt = at + NUMBERS;
  for (const number of history) {
    bytes.setFloat64(numberAt, number, true);
    numberAt += NUMBER_BYTES;
  }
}

export function hasRoom(bytes: DataView, at: number, history: History): boolean {
  return history.length <= bytes.getUint16(at + ROOM, true);
}

export function historyAt(bytes: DataView, at: number): History {
  const numbers: number[] = [];
  const end = at + NUMBERS + bytes.getUint16(at + LENGTH, true) * NUMBER_BYTES;
  for (let numberAt = at + NUMBERS; numberAt < end; numberAt += NUMBER_BYTES) {
    numbers.push(bytes.getFloat64(numberAt, true));
  }
  return historyFrom(numbers);
}

/** Without reading the rest of the history. */
export function lastSequenceAt(bytes: DataView, at: number): number {
  return bytes.getFloat64(at + NUMBERS + LAST_SEQUENCE * NUMBER_BYTES, true);
}

export function hashAt(bytes: DataView, at: number): number {
  return bytes.getUint32(at, true);
}

/** How long the record is. */
export function bytesAt(bytes: DataView, at: number): number {
  return keyStart(bytes, at) - at + wordsFor(bytes.getUint32(at + KEY, true) >>> 1) * WORD_BYTES;
}

/** Whether the record has this key, and is not dead; for keys of the same hash. */
export function isOf(bytes: DataView, at: number, key: KeyBytes): boolean {
  if (bytes.getUint32(at + KEY, true) !== key.length * 2) return false;
  const start = keyStart(bytes, at);
  for (let place = 0; place < key.length; place += WORD_BYTES) {
    if (bytes.getUint32(start + place) !== key.view.getUint32(place)) return false;
  }
  return true;
}

export function kill(bytes: DataView, at: number): void {
  bytes.setUint32(at + KEY, bytes.getUint32(at + KEY, true) | DEAD, true);
}

export function isDead(bytes: DataView, at: number): boolean {
  return (bytes.getUint32(at + KEY, true) & DEAD) !== 0;
}

function keyStart(bytes: DataView, at: number): number {
  return at + NUMBERS + bytes.getUint16(at + ROOM, true) * NUMBER_BYTES;
}
