/** What was measured, beside what it should be: as a table for people and as JSON for programs. */
import type { Machine } from './machine.ts';
import type { GeneratorName, Section } from './options.ts';

export interface Line {
  readonly section: Section;
  readonly name: string;
  readonly value: number;
  /** Empty for ratios. */
  readonly unit: '' | '/s' | 'ms' | 's' | 'µs' | 'MiB';
  readonly target: Target | null;
  /** How the value came about: its spread, what it is beside. */
  readonly note: string;
}

export type Target =
  | { readonly kind: 'at_least'; readonly value: number }
  | { readonly kind: 'at_most'; readonly value: number }
  | { readonly kind: 'below'; readonly value: number };

/** Null when there is nothing to be reached. */
export type Verdict = 'met' | 'missed' | null;

export interface Report {
  readonly machine: Machine;
  readonly generator: GeneratorName;
  readonly recipients: number;
  readonly lines: readonly Line[];
  /** Sections that could not be measured, and why. */
  readonly failures: readonly { readonly section: Section; readonly message: string }[];
}

function verdictOf({ value, target }: Line): Verdict {
  switch (target?.kind) {
    case undefined:
      return null;
    case 'at_least':
      return value >= target.value ? 'met' : 'missed';
    case 'at_most':
      return value <= target.value ? 'met' : 'missed';
    case 'below':
      return value < target.value ? 'met' : 'missed';
  }
}

export function jsonOf(report: Report): string {
  const lines = report.lines.map((line) => ({ ...line, verdict: verdictOf(line) }));
  return JSON.stringify({ ...report, lines }, null, 2);
}

export function tableOf({ machine, generator, recipients, lines, failures }: Report): string {
  const header = ['', 'measured', 'target', '', ''] as const;
  const rows = lines.map((line, index) => [
    ...(lines[index - 1]?.section === line.section ? [] : [[line.section, '', '', '', '']]),
    [
      `  ${line.name}`,
      figure(line.value, line.unit),
      targetText(line),
      verdictOf(line) ?? '',
      line.note,
    ],
  ]);
  const cells = [[...header], ...rows.flat()];
  const widths = header.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const texts = cells.map((row) =>
    row
      .map((cell, column) => align(cell, widths[column] ?? 0, column === 1 || column === 2))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...machineText(machine),
    `load generator for throughput, lives and cards: ${generator}; ${recipients.toLocaleString('en')} recipients`,
    '',
    ...texts,
    ...failures.map(({ section, message }) => `${section} could not be measured: ${message}`),
  ].join('\n');
}

function machineText(machine: Machine): string[] {
  const { cpu, cores, memoryGib, system, node, sqlite, fsyncMs, isMemoryDisk } = machine;
  const load = machine.loadBefore;
  return [
    `${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}; Node ${node}, SQLite ${sqlite}; ` +
      `fsync ${fsyncMs.toFixed(2)} ms`,
    ...(isMemoryDisk
      ? ['The temporary folder is memory: durability is free here; try --folder.']
      : []),
    ...(load !== null && load > cores / 4
      ? [`The machine was busy before we began (load ${load.toFixed(1)}): trust ratios, not rates.`]
      : []),
  ];
}

function targetText({ target, unit }: Line): string {
  if (target === null) return '';
  const sign = { at_least: '≥', at_most: '≤', below: '<' }[target.kind];
  return `${sign} ${target.value}${unit === '' ? '' : ` ${unit}`}`;
}

/** Two or three significant digits say all that a benchmark knows. */
export function figure(value: number, unit: Line['unit']): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  const text = unit === '/s' ? Math.round(value).toLocaleString('en') : value.toFixed(digits);
  return unit === '' || unit === '/s' ? `${text}${unit}` : `${text} ${unit}`;
}

function align(cell: string, width: number, isRight: boolean): string {
  return isRight ? cell.padStart(width) : cell.padEnd(width);
}
