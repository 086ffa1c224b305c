/**
 * The time that is looked at: as it stands in the URL, and as a window of whole steps. `range` names a time that ends
 * now and moves on; `from` and `to` stand for themselves, and before `range`, which is then what one zooms back out to.
 */
import { textSearch } from './text-search.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const RANGES = [
  { name: '15m', words: 'the last 15 minutes', ms: 15 * MINUTE_MS },
  { name: '1h', words: 'the last hour', ms: HOUR_MS },
  { name: '6h', words: 'the last 6 hours', ms: 6 * HOUR_MS },
  { name: '24h', words: 'the last 24 hours', ms: DAY_MS },
  { name: '7d', words: 'the last 7 days', ms: 7 * DAY_MS },
] as const;

type Range = (typeof RANGES)[number];

/** What the overview shows when its URL says nothing. */
export const USUAL_RANGE: Range = RANGES[1];

export interface RangeSearch {
  readonly range?: string | undefined;
  /** RFC 3339, both or none. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type Step = '1m' | '5m' | '1h' | '1d';

export interface TimeWindow {
  readonly fromMs: number;
  /** The end of its last step, which may be still to come. */
  readonly toMs: number;
  readonly step: Step;
  readonly stepMs: number;
  readonly words: string;
}

const DAYS = { name: '1d', ms: DAY_MS } as const;
const STEPS: readonly { readonly name: Step; readonly ms: number }[] = [
  { name: '1m', ms: MINUTE_MS },
  { name: '5m', ms: 5 * MINUTE_MS },
  { name: '1h', ms: HOUR_MS },
  DAYS,
];

/** The service counts by the minute for as long; what is older it knows by the hour. */
const MINUTES_KEPT_MS = 2 * DAY_MS;

/** More are narrower than anybody can point at; the service refuses 1,500. */
const POINTS_MAX = 300;

/** For whoever writes a URL by hand: as many days as the service answers points. */
const SPAN_MS_MAX = 1_400 * DAY_MS;

const readTexts = textSearch('range', 'from', 'to');

/**
 * Leaves out what is not a range, half of a pair, and a time that ends before it begins. They are there as `undefined`,
 * or the router would put back what the URL says.
 */
export function readRange(search: Readonly<Record<string, unknown>>): RangeSearch {
  const { range, from, to } = readTexts(search);
  const spanMs = Date.parse(to ?? '') - Date.parse(from ?? '');
  const isTime = spanMs > 0 && spanMs <= SPAN_MS_MAX;
  return {
    ...('range' in search ? { range: rangeNamed(range)?.name } : {}),
    ...('from' in search ? { from: isTime ? from : undefined } : {}),
    ...('to' in search ? { to: isTime ? to : undefined } : {}),
  };
}

/** What stands in the URL of the overview. */
export interface OverviewSearch extends RangeSearch {
  /** Which one is drawn: `decision` of those about cards, else of outcomes. */
  readonly latency?: string;
}

export function readOverviewSearch(search: Readonly<Record<string, unknown>>): OverviewSearch {
  return {
    ...readRange(search),
    ...(search['latency'] === 'decision' ? { latency: 'decision' } : {}),
  };
}

/** What one zooms back out to. */
export function withoutZoom({ range }: RangeSearch): RangeSearch {
  return range === undefined ? {} : { range };
}

/** As it is put into the URL: whole minutes, and at least one. */
export function zoomOf({ range }: RangeSearch, fromMs: number, toMs: number): RangeSearch {
  const begin = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS;
  const end = Math.max(Math.ceil(toMs / MINUTE_MS) * MINUTE_MS, begin + MINUTE_MS);
  return { ...(range === undefined ? {} : { range }), from: isoMinute(begin), to: isoMinute(end) };
}

/** The first and the last moment of it; null when nothing is asked for. */
export function boundsOf(
  search: RangeSearch,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number | null } | null {
  if (search.from !== undefined && search.to !== undefined) {
    return { fromMs: Date.parse(search.from), toMs: Date.parse(search.to) };
  }
  const range = rangeNamed(search.range);
  return range === undefined ? null : { fromMs: nowMs - range.ms, toMs: null };
}

/** As many whole steps as it has, the one that has just begun among them; the same until the next one begins. */
export function windowOf(search: RangeSearch, nowMs: number): TimeWindow {
  const { from, to } = search;
  if (from !== undefined && to !== undefined) return windowBetween(from, to, nowMs);
  const range = rangeNamed(search.range) ?? USUAL_RANGE;
  const { name: step, ms: stepMs } = stepFor(range.ms, nowMs - range.ms, nowMs);
  const toMs = Math.floor(nowMs / stepMs) * stepMs + stepMs;
  return { fromMs: toMs - range.ms, toMs, step, stepMs, words: range.words };
}

/** The time of the same length that ends where this begins; null when the service has no such steps of it any more. */
export function windowBefore(window: TimeWindow, nowMs: number): TimeWindow | null {
  const { fromMs: toMs, stepMs } = window;
  const fromMs = toMs - (window.toMs - toMs);
  if (stepMs < HOUR_MS && fromMs < nowMs - MINUTES_KEPT_MS) return null;
  return { ...window, fromMs, toMs, words: 'the time before' };
}

const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** «14:02 – 14:10» of today, else with the day. */
export function zoomWords(from: string, to: string): string {
  return moment.formatRange(new Date(from), new Date(to));
}

function windowBetween(from: string, to: string, nowMs: number): TimeWindow {
  const fromMs = Date.parse(from);
  const { name: step, ms: stepMs } = stepFor(Date.parse(to) - fromMs, fromMs, nowMs);
  return {
    fromMs: Math.floor(fromMs / stepMs) * stepMs,
    toMs: Math.ceil(Date.parse(to) / stepMs) * stepMs,
    step,
    stepMs,
    words: zoomWords(from, to),
  };
}

function stepFor(spanMs: number, fromMs: number, nowMs: number) {
  const isLongAgo = fromMs < nowMs - MINUTES_KEPT_MS;
  const fine = STEPS.find(({ ms }) => spanMs / ms <= POINTS_MAX && !(isLongAgo && ms < HOUR_MS));
  return fine ?? DAYS;
}

function rangeNamed(name: string | undefined): Range | undefined {
  return RANGES.find((range) => range.name === name);
}

function isoMinute(ms: number): string {
  return new Date(ms).toISOString().replace(/:00\.000Z$/, ':00Z');
}
