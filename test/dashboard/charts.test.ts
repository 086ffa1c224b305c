/** What charts are drawn by: places of times and values, marks that read well, stacks, and the step at a time. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { frameOf } from '../../dashboard/src/charts/plot-frame.ts';
import { stackOf } from '../../dashboard/src/charts/stack.ts';
import { stepAt } from '../../dashboard/src/charts/step-at.ts';
import { valueMarks } from '../../dashboard/src/charts/value-marks.ts';
import { formatDuration } from '../../dashboard/src/shared/duration.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Drawn {
  readonly from: string;
  readonly spanMs: number;
  readonly width?: number;
  readonly height?: number;
  readonly valueTop?: number;
}

/** Of steps of a minute, the first and the last of which are enough to know where all are. */
function drawn({ from, spanMs, width = 1_000, height = 232, valueTop = 10 }: Drawn) {
  const fromMs = Date.parse(from);
  const times = [fromMs, fromMs + spanMs - MINUTE];
  const data = { times, stepMs: MINUTE, columns: [], openFromMs: null };
  return frameOf(data, { width, height }, valueTop);
}

const HOUR_OF_STEPS = { from: '2026-02-26T10:00:00Z', spanMs: HOUR };

describe('a frame', () => {
  test('has its times and values from edge to edge, and finds them again', () => {
    const frame = drawn(HOUR_OF_STEPS);
    const fromMs = Date.parse(HOUR_OF_STEPS.from);
    expect([frame.x(fromMs), frame.x(fromMs + HOUR)]).toEqual([frame.left, frame.right]);
    expect([frame.y(0), frame.y(10)]).toEqual([frame.bottom, frame.top]);
    expect(frame.timeAt(frame.x(fromMs + 20 * MINUTE))).toBeCloseTo(fromMs + 20 * MINUTE);
  });

  test('takes what lies beside it for its edges', () => {
    const frame = drawn(HOUR_OF_STEPS);
    expect(frame.timeAt(-50)).toBe(frame.fromMs);
    expect(frame.timeAt(5_000)).toBe(frame.toMs);
  });

  test('is there in no room at all, and of no steps', () => {
    const frame = drawn({ ...HOUR_OF_STEPS, width: 0, height: 0 });
    expect(frame.right).toBeGreaterThan(frame.left);
    expect(frame.bottom).toBeGreaterThan(frame.top);
    const empty = { times: [], stepMs: MINUTE, columns: [], openFromMs: null };
    expect(frameOf(empty, { width: 500, height: 200 }, 5).x(0)).toBe(frame.left);
  });
});

describe('the marks of values', () => {
  const counts = (valueTop: number, height?: number) =>
    valueMarks(
      drawn({ ...HOUR_OF_STEPS, valueTop, ...(height === undefined ? {} : { height }) }),
      'bars',
      String,
    ).map(({ words }) => words);
  const durations = (valueTop: number) =>
    valueMarks(drawn({ ...HOUR_OF_STEPS, valueTop }), 'lines', formatDuration);

  test.each([
    [5, '0 1 2 3 4 5'],
    [8, '0 2 4 6 8'],
    [1, '0 1'],
    [1_000, '0 200 400 600 800 1000'],
    [30_000, '0 5000 10000 15000 20000 25000 30000'],
  ])('of counts up to %d are round and whole', (top, words) => {
    expect(counts(top).join(' ')).toBe(words);
  });

  test('are fewer where there is less room', () => {
    expect(counts(10, 100)).toEqual(['0', '5', '10']);
    expect(counts(10, 40)).toEqual(['0', '10']);
  });

  test.each([
    [0.3, '0|0.05 ms|0.10 ms|0.15 ms|0.20 ms|0.25 ms|0.30 ms'],
    [60, '0|10 ms|20 ms|30 ms|40 ms|50 ms|60 ms'],
    [3_000, '0|500 ms|1.0 s|1.5 s|2.0 s|2.5 s|3.0 s'],
    [300_000, '0|1 min|2 min|3 min|4 min|5 min'],
    [2e7, '0|1.0 h|2.0 h|3.0 h|4.0 h|5.0 h'],
  ])('of durations up to %d ms are round in their unit', (top, words) => {
    const said = durations(top).map((mark) => mark.words);
    expect(said.join('|')).toBe(words);
  });

  test('never say the same twice, however long the scale is', () => {
    for (let top = 0.01; top < 1e9; top *= 1.07) {
      const said = durations(top).map(({ words }) => words);
      expect(new Set(said).size, `${top}: ${said.join(', ')}`).toBe(said.length);
      expect(said.length).toBeGreaterThan(1);
    }
  });
});

describe('the marks of times, in Berlin', () => {
  let timeMarks: (frame: ReturnType<typeof drawn>) => { at: number; words: string }[];
  const wordsOf = (what: Drawn) => timeMarks(drawn(what)).map(({ words }) => words);

  beforeAll(async () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    ({ timeMarks } = await import('../../dashboard/src/charts/time-marks.ts'));
  });
  afterAll(() => void vi.unstubAllEnvs());

  test('are at full minutes and hours there', () => {
    expect(wordsOf(HOUR_OF_STEPS)).toEqual(
      ['11:00', '11:05', '11:10', '11:15', '11:20', '11:25', '11:30'].concat([
        '11:35',
        '11:40',
        '11:45',
        '11:50',
        '11:55',
        '12:00',
      ]),
    );
    expect(wordsOf({ ...HOUR_OF_STEPS, width: 280 })).toEqual(['11:00', '11:30', '12:00']);
    expect(wordsOf({ from: '2026-02-26T10:07:00Z', spanMs: DAY, width: 500 })).toEqual([
      '12:00',
      '18:00',
      '27 Feb',
      '06:00',
    ]);
  });

  test('are at every midnight, also when the clock is put back between them', () => {
    const from = '2026-10-23T10:00:00Z';
    expect(wordsOf({ from, spanMs: 5 * DAY, width: 500 })).toEqual([
      '24 Oct',
      '25 Oct',
      '26 Oct',
      '27 Oct',
      '28 Oct',
    ]);
  });

  test('name no hour that the clock leaves out, and none twice', () => {
    const from = '2026-03-28T23:00:00Z';
    expect(wordsOf({ from, spanMs: 5 * HOUR, width: 500 })).toEqual([
      '29 Mar',
      '01:00',
      '03:00',
      '04:00',
      '05:00',
      '06:00',
    ]);
  });

  test.each([
    [20, '1 Jun|8 Jun|15 Jun', 300],
    [200, 'Jun|Jul|Aug|Sept|Oct|Nov|Dec', 700],
    [500, 'Jul|Oct|2027|Apr|Jul|Oct', 600],
    [1_400, '2027|2028|2029|2030', 400],
  ])('of %d days are weeks, months, years', (days, words, width) => {
    const from = '2026-05-31T10:00:00Z';
    expect(wordsOf({ from, spanMs: days * DAY, width }).join('|')).toBe(words);
  });

  test('stand apart by as much as they are wide, and there is one at least', () => {
    for (const spanMs of [MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 90 * DAY, 1_400 * DAY]) {
      for (const width of [250, 600, 1_200, 2_500]) {
        const frame = drawn({ from: '2026-02-26T10:00:00Z', spanMs, width });
        const places = timeMarks(frame).map(({ at }) => frame.x(at));
        expect(places.length).toBeGreaterThan(0);
        for (const [index, place] of places.entries()) {
          expect(place - (places[index - 1] ?? -Infinity)).toBeGreaterThan(50);
        }
      }
    }
  });
});

describe('a stack', () => {
  test('adds up what stands on one another, nothing where there is nothing', () => {
    expect(
      stackOf([
        [1, null, 0],
        [2, 4, null],
        [3, 0, 5],
      ]),
    ).toEqual([
      [1, 0, 0],
      [3, 4, 0],
      [6, 4, 5],
    ]);
    expect(stackOf([])).toEqual([]);
  });
});

describe('the step at a time', () => {
  const times = [100, 200, 300, 400, 500];

  test.each([
    [100, 0],
    [199.9, 0],
    [200, 1],
    [450, 4 - 1],
    [500, 4],
    [99, 0],
    [-1e9, 0],
    [1e9, 4],
  ])('%d is in step %d', (timeMs, step) => {
    expect(stepAt({ times }, timeMs)).toBe(step);
  });

  test('is none where there are none', () => {
    expect(stepAt({ times: [] }, 5)).toBeNull();
    expect(stepAt({ times: [7] }, 5)).toBe(0);
  });
});
