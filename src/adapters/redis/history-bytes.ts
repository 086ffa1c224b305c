/** A history as the bytes of its numbers: doubles, little-endian. */
import { type History, historyFrom } from '../../core/history.ts';

const NUMBER_BYTES = 8;

export function historyBytes(history: History): Buffer {
  const bytes = Buffer.allocUnsafe(history.length * NUMBER_BYTES);
  for (const [index, number] of history.entries())
    bytes.writeDoubleLE(number, index * NUMBER_BYTES);
  return bytes;
}

/** Null for bytes that never were a history: they come from outside. */
export function historyIn(bytes: Buffer): History | null {
  if (bytes.length % NUMBER_BYTES !== 0) return null;
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; at += NUMBER_BYTES) numbers.push(bytes.readDoubleLE(at));
  try {
    return historyFrom(numbers);
  } catch {
    return null;
  }
}
