/**
 * What the commands print. Results go to stdout, everything said about them to stderr, so that a pipe gets only
 * results. Colours appear in a terminal only (and not under NO_COLOR); what came from outside is stripped of control
 * characters first, because a recipient's name could otherwise drive the terminal.
 */
import process from 'node:process';
import { styleText } from 'node:util';
import { hideCardNumbers } from '../../core/card.ts';

export type Style = Parameters<typeof styleText>[0];

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** In a terminal, the column is cut to what is left of the line. Only the last one may be. */
  readonly isCut?: boolean;
}

/** One line of a check that was made: `doctor`, `ledger check`. */
export interface CheckLine {
  readonly name: string;
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
  /** Said below it, a line each. */
  readonly remarks: readonly string[];
}

const GAP = '  ';

/** Narrower than this, a cut column says nothing: then the line wraps instead. */
const CUT_COLUMNS_MIN = 8;

const CHECK_STYLES = { ok: 'green', failed: 'red', skipped: 'dim' } as const;

/** One line of results. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A word about the results, or about how it goes. */
export function note(line: string): void {
  process.stderr.write(`${styled('dim', line, process.stderr)}\n`);
}

/**
 * What went wrong; further lines are indented below the first. A card number that stood in the wrong place of a
 * command line is not repeated.
 */
export function printError(message: string): void {
  const [first = '', ...rest] = hideCardNumbers(message).split('\n');
  const label = styled('red', 'error:', process.stderr);
  process.stderr.write([`${label} ${first}`, ...rest.map((line) => `  ${line}`), ''].join('\n'));
}

export function printTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
  const titles = columns.map(({ title }): Cell => ({ text: title, style: 'dim' }));
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((cells) => (cells[index]?.text ?? '').length)),
  );
  for (const cells of [titles, ...rows]) printLine(tableLine(columns, widths, cells));
}

function tableLine(
  columns: readonly Column[],
  widths: readonly number[],
  cells: readonly Cell[],
): string {
  let used = 0;
  return columns
    .map(({ align, isCut }, index) => {
      const { text, style } = cells[index] ?? { text: '' };
      const isLast = index === columns.length - 1;
      const shown = isCut === true ? cut(text, used) : text;
      const width = widths[index] ?? 0;
      used += width + GAP.length;
      if (align === 'right') return styled(style, shown.padStart(width));
      return styled(style, shown) + (isLast ? '' : ' '.repeat(width - shown.length));
    })
    .join(GAP)
    .trimEnd();
}

/** Names and values in two columns; rows without a value are left out. */
export function printFields(
  fields: readonly (readonly [name: string, value: string | null])[],
): void {
  const shown = fields.filter(([, value]) => value !== null);
  const width = Math.max(...shown.map(([name]) => name.length));
  for (const [name, value] of shown) {
    printLine(`${styled('dim', name.padEnd(width))}${GAP}${value}`);
  }
}

/** `nameWidth` aligns the details of checks that are printed one by one, as they come. */
export function printCheck(check: CheckLine, nameWidth: number): void {
  const status = styled(CHECK_STYLES[check.status], check.status.padEnd('skipped'.length));
  printLine(`${status}${GAP}${check.name.padEnd(nameWidth)}${GAP}${check.detail}`.trimEnd());
  const indent = ' '.repeat('skipped'.length + GAP.length + nameWidth + GAP.length);
  for (const remark of check.remarks) printLine(indent + remark);
}

/** Text with a style where the stream takes one. */
export function styled(
  style: Style | undefined,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return style === undefined || text === '' ? text : styleText(style, text, { stream });
}

/** Text from outside, with every character that moves the cursor, rings or turns the text around made visible. */
export function printable(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are the characters to look for
    /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** True when a person is looking. */
export function isTerminal(): boolean {
  return process.stdout.isTTY;
}

/** `text`, or as much of it as fits behind `used` characters of a terminal's line. */
function cut(text: string, used: number): string {
  const room = isTerminal() ? process.stdout.columns - used : Infinity;
  return text.length <= room || room < CUT_COLUMNS_MIN ? text : `${text.slice(0, room - 1)}…`;
}
