/**
 * Payments of one history, counted by time and currency, in the last part of its array of numbers: from `start` to the
 * end. A cell is three numbers, (tick and currency, count, sum in minor units). Cells are in order of time, and no two
 * are of the same bucket and currency.
 *
 * A cell covers one tick while it is in the minute's window. Then it is merged into five minutes, then into an hour, then
 * forgotten: the buckets of the windows nest, so that each cell serves all windows, and a payment that nobody follows up
 * costs one cell.
 */
import { assert } from './assert.ts';
import { WIRE_MINOR_MAX } from './money.ts';
import { bucketStart, BUCKETS_MAX, type TimeWindow, windowStart } from './time-windows.ts';

/**
 * Sums are kept in so many currencies at a time, those of the last 24 hours: a traveller has two or three. While they
 * are in use, payments in yet another one are counted, but what they come to is not known.
 */
export const CELL_CURRENCIES_MAX = 4;

export const CELL_LENGTH = 3;
const COUNT = 1;
const SUM = 2;

/** All buckets in use, each with all currencies and with payments in others. */
export const CELLS_LENGTH_MAX = BUCKETS_MAX * (CELL_CURRENCIES_MAX + 1) * CELL_LENGTH;

/** Ticks below this one and a currency fit into one exact double; it is past the year 80,000. */
export const TICK_MAX = 2 ** 38;

/** A sum stops here: what is larger has no exact number on the wire. */
const SUM_MINOR_MAX = Number(WIRE_MINOR_MAX);

/** How many payments there were in the window when it is `nowTick`. */
export function countCells(
  numbers: readonly number[],
  start: number,
  window: TimeWindow,
  nowTick: number,
): number {
  const firstTag = tagOf(windowStart(window, nowTick), OTHER);
  let count = 0;
  for (let cell = numbers.length - CELL_LENGTH; cell >= start; cell -= CELL_LENGTH) {
    if (at(numbers, cell) < firstTag) break;
    count += at(numbers, cell + COUNT);
  }
  return count;
}

/** What they came to in one currency, minor units; 0 for a currency that is not kept. */
export function sumCells(
  numbers: readonly number[],
  start: number,
  window: TimeWindow,
  nowTick: number,
  currency: string,
): number {
  const firstTag = tagOf(windowStart(window, nowTick), OTHER);
  const wanted = currencyNumber(currency);
  let sum = 0;
  for (let cell = numbers.length - CELL_LENGTH; cell >= start; cell -= CELL_LENGTH) {
    if (at(numbers, cell) < firstTag) break;
    if (currencyIn(at(numbers, cell)) === wanted) sum += at(numbers, cell + SUM);
  }
  return Math.min(sum, SUM_MINOR_MAX);
}

/**
 * Appends the cells of `from` that begin at `fromStart` to `to`, whose own begin at `start`: merged where they have left
 * a window, left out where they have left the last.
 */
export function copyCells(
  from: readonly number[],
  fromStart: number,
  to: number[],
  start: number,
  nowTick: number,
): void {
  const minute = windowStart('1m', nowTick);
  const hour = windowStart('1h', nowTick);
  const day = windowStart('24h', nowTick);
  for (let cell = fromStart; cell < from.length; cell += CELL_LENGTH) {
    const tag = at(from, cell);
    const tick = tickIn(tag);
    if (tick < day) continue;
    const window = tick >= minute ? '1m' : tick >= hour ? '1h' : '24h';
    const merged = tagOf(bucketStart(window, tick), currencyIn(tag));
    const [count, sum] = [at(from, cell + COUNT), at(from, cell + SUM)];
    // What keeps its bucket cannot meet a cell of the same one: merging takes what is older, and all were different.
    if (merged === tag) to.push(tag, count, sum);
    else addToCell(to, start, merged, count, sum);
  }
}

/** Counts one payment in; `tick` is not before that of any cell. */
export function addPayment(
  numbers: number[],
  start: number,
  tick: number,
  { currency, amountMinor }: { readonly currency: string; readonly amountMinor: bigint },
): void {
  const kept = keptCurrency(numbers, start, currencyNumber(currency));
  addToCell(numbers, start, tagOf(tick, kept), 1, kept === OTHER ? 0 : Number(amountMinor));
}

/** The number at an index that must lie within the array. */
export function at(numbers: readonly number[], index: number): number {
  const value = numbers[index];
  assert(value !== undefined, 'a history is read within its length');
  return value;
}

/** The currency, if it is in use or there is room for it; else OTHER. */
function keptCurrency(numbers: readonly number[], start: number, currency: number): number {
  const others: number[] = [];
  for (let cell = numbers.length - CELL_LENGTH; cell >= start; cell -= CELL_LENGTH) {
    const other = currencyIn(at(numbers, cell));
    if (other === currency) return currency;
    if (other !== OTHER && !others.includes(other)) others.push(other);
  }
  return others.length < CELL_CURRENCIES_MAX ? currency : OTHER;
}

/** Adds to the cell of that tag. If it exists it is among the last ones: ticks come in order. */
function addToCell(
  numbers: number[],
  start: number,
  tag: number,
  count: number,
  sum: number,
): void {
  const tickStart = tag - currencyIn(tag);
  for (let cell = numbers.length - CELL_LENGTH; cell >= start; cell -= CELL_LENGTH) {
    if (at(numbers, cell) < tickStart) break;
    if (at(numbers, cell) !== tag) continue;
    numbers[cell + COUNT] = at(numbers, cell + COUNT) + count;
    numbers[cell + SUM] = Math.min(at(numbers, cell + SUM) + sum, SUM_MINOR_MAX);
    return;
  }
  numbers.push(tag, count, sum);
}

/** Room for all currency numbers in the lower part of a tag. */
const CURRENCY_NUMBERS = 2 ** 15;
const OTHER = 0;

function tagOf(tick: number, currency: number): number {
  return tick * CURRENCY_NUMBERS + currency;
}

function tickIn(tag: number): number {
  return Math.floor(tag / CURRENCY_NUMBERS);
}

function currencyIn(tag: number): number {
  // Not by %, which is slow on doubles.
  return tag - tickIn(tag) * CURRENCY_NUMBERS;
}

/** Three letters as digits to the base of 27, A is 1: from 757 to 19,682. */
function currencyNumber(code: string): number {
  assert(/^[A-Z]{3}$/.test(code), 'a currency is three upper-case letters');
  const letter = (place: number) => code.charCodeAt(place) - 64;
  return (letter(0) * 27 + letter(1)) * 27 + letter(2);
}
