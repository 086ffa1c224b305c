/**
 * What is remembered of one card, device or address: when it was first and last seen, how its payments ended, how many
 * there were and what they came to within a minute, an hour and a day, and of a device which cards it used.
 *
 * A history is a value. `observe` returns a new one and never changes the old; it takes bounded time, and a history has
 * a bounded size. Observing the same event of the log again changes nothing, so that a log can be replayed over what is
 * known already, from any place before its end. Time does not go back in a history: what claims to be earlier than the
 * last observation counts as of then.
 *
 * All of it lies in one flat array of doubles, so that millions of histories can be kept as plain bytes:
 *
 *     first seen, last seen, last sequence, approved, declined | cards … | cells …
 *
 * A card is a hash as a negative number; cells.ts says what a cell is.
 */
import { assert } from './assert.ts';
import {
  addPayment,
  at,
  CELL_LENGTH,
  CELLS_LENGTH_MAX,
  copyCells,
  countCells,
  sumCells,
  TICK_MAX,
} from './cells.ts';
import type { EntityKind } from './entity.ts';
import { hash32 } from './hash32.ts';
import { AMOUNT_MINOR_MAX } from './money.ts';
import { tickOf, type TimeWindow } from './time-windows.ts';

export type History = readonly number[] & { readonly __brand: 'History' };

/** A decided attempt to pay. */
export interface Observation {
  /** By the engine's clock. */
  readonly atMs: number;
  /** Place of its event in the log, from 1. */
  readonly sequence: number;
  /** ISO 4217 code, upper case. */
  readonly currency: string;
  /** 0 to AMOUNT_MINOR_MAX. */
  readonly amountMinor: bigint;
  readonly isApproved: boolean;
  /** The card's keyed fingerprint. */
  readonly card: string;
}

/** Of a device so many different cards are told apart: whoever tries more has shown enough with these. */
export const DEVICE_CARDS_MAX = 16;

const FIRST_SEEN_MS = 0;
const LAST_SEEN_MS = 1;
/** Of its numbers, the one that says where in the log the last event is that it knows. */
export const LAST_SEQUENCE = 2;
const APPROVED = 3;
const DECLINED = 4;
const HEADER_LENGTH = 5;

const LENGTH_MAX = HEADER_LENGTH + DEVICE_CARDS_MAX + CELLS_LENGTH_MAX;

/** The history with one more payment in it; the very same one if that payment's event was observed before. */
export function observe(
  history: History | null,
  observation: Observation,
  kind: EntityKind,
): History {
  assertObservable(observation);
  const { sequence, isApproved, card } = observation;
  if (history !== null && sequence <= at(history, LAST_SEQUENCE)) return history;

  const numbers =
    history === null ? [observation.atMs, 0, 0, 0, 0] : history.slice(0, cellsStart(history));
  const atMs = Math.max(observation.atMs, at(numbers, LAST_SEEN_MS));
  const outcome = isApproved ? APPROVED : DECLINED;
  numbers[LAST_SEEN_MS] = atMs;
  numbers[LAST_SEQUENCE] = sequence;
  numbers[outcome] = at(numbers, outcome) + 1;
  if (kind === 'device') addCard(numbers, card);

  const start = numbers.length;
  const tick = tickOf(atMs);
  if (history !== null) copyCells(history, cellsStart(history), numbers, start, tick);
  addPayment(numbers, start, tick, observation);
  return sealed(numbers);
}

/** How many payments there were in the window. */
export function countIn(history: History | null, window: TimeWindow, nowMs: number): number {
  if (history === null) return 0;
  return countCells(history, cellsStart(history), window, readTick(history, nowMs));
}

/**
 * What the payments of the window in this currency came to: minor units, whole, at most WIRE_MINOR_MAX; 0 for a currency
 * that is not kept (CELL_CURRENCIES_MAX).
 */
export function sumIn(
  history: History | null,
  window: TimeWindow,
  currency: string,
  nowMs: number,
): number {
  if (history === null) return 0;
  return sumCells(history, cellsStart(history), window, readTick(history, nowMs), currency);
}

export function firstSeenMs(history: History): number {
  return at(history, FIRST_SEEN_MS);
}

export function lastSeenMs(history: History): number {
  return at(history, LAST_SEEN_MS);
}

/** Place in the log of the last event that it knows. */
export function lastSequence(history: History): number {
  return at(history, LAST_SEQUENCE);
}

/** Payments ever. */
export function approvedCount(history: History | null): number {
  return history === null ? 0 : at(history, APPROVED);
}

/** Payments ever. */
export function declinedCount(history: History | null): number {
  return history === null ? 0 : at(history, DECLINED);
}

/** How many cards the device used, ever: DEVICE_CARDS_MAX is that many or more. 0 for what is no device. */
export function distinctCards(history: History | null): number {
  return history === null ? 0 : cellsStart(history) - HEADER_LENGTH;
}

/** Takes back the numbers of a history that were written somewhere; throws when they never were one. */
export function historyFrom(numbers: readonly number[]): History {
  const cellsLength = numbers.length - cellsStart(numbers);
  assert(numbers.length <= LENGTH_MAX, 'a history has a bounded length');
  assert(
    cellsLength > 0 && cellsLength % CELL_LENGTH === 0,
    'a history has one whole cell or more',
  );
  for (const number of numbers) {
    assert(Number.isSafeInteger(number), 'a history is made of whole numbers');
  }
  return sealed(numbers);
}

function assertObservable({ atMs, sequence, amountMinor }: Observation): void {
  assert(Number.isInteger(atMs) && atMs >= 0, 'a moment is in whole milliseconds since 1970');
  assert(tickOf(atMs) < TICK_MAX, 'a moment is before the year 80,000');
  assert(Number.isSafeInteger(sequence) && sequence > 0, 'a sequence counts from 1');
  assert(amountMinor >= 0n && amountMinor <= AMOUNT_MINOR_MAX, 'an amount has at most 12 digits');
}

/** To numbers that have no cells yet. */
function addCard(numbers: number[], fingerprint: string): void {
  const card = -1 - hash32(fingerprint);
  const isKnown = numbers.includes(card, HEADER_LENGTH);
  if (!isKnown && numbers.length < HEADER_LENGTH + DEVICE_CARDS_MAX) numbers.push(card);
}

/** Behind the cards, which are negative as nothing else is. */
function cellsStart(numbers: readonly number[]): number {
  let index = HEADER_LENGTH;
  while (index < numbers.length && at(numbers, index) < 0) index += 1;
  return index;
}

/** Whoever reads with an older clock than the history's own reads as of the last payment. */
function readTick(history: History, nowMs: number): number {
  return tickOf(Math.max(nowMs, at(history, LAST_SEEN_MS)));
}

function sealed(numbers: readonly number[]): History {
  return numbers as History;
}
