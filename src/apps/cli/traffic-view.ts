/** Generated traffic as the server tells of it, and as it is shown. */
import { printable, printFields, printTable } from './output.ts';
import { type Fields, list, number, record, text, textOrNull } from './wire.ts';

export interface WireRun {
  readonly id: string;
  readonly preset: string | null;
  readonly status: string;
  readonly seed: number;
  readonly planned: number;
  readonly sent: number;
  readonly error: string | null;
  /** All of it, as it came. */
  readonly raw: Fields;
}

export function runFrom(value: unknown): WireRun {
  const raw = record(value);
  return {
    id: text(raw, 'id'),
    preset: textOrNull(raw, 'preset'),
    status: text(raw, 'status'),
    seed: number(raw, 'seed'),
    planned: number(raw, 'planned'),
    sent: number(raw, 'sent'),
    error: textOrNull(raw, 'error'),
    raw,
  };
}

/** The run with this id, if it is the one that runs or the last one that did. */
export function findRun(value: unknown, id: string): WireRun | null {
  const { running, last } = record(value);
  const known = [running, last].filter((run) => run !== null).map(runFrom);
  return known.find((run) => run.id === id) ?? null;
}

/** What can be made. */
export function printPresets(value: unknown): void {
  printTable(
    [
      { title: 'PRESET' },
      { title: 'RATE', align: 'right' },
      { title: 'FOR', align: 'right' },
      { title: 'WHAT HAPPENS', isCut: true },
    ],
    list(record(value), 'presets').map((preset) => {
      const fields = record(preset);
      return [
        { text: printable(text(fields, 'name')), style: 'cyan' },
        { text: `${number(fields, 'rate')}/s` },
        { text: `${number(fields, 'duration_seconds')}s` },
        { text: printable(text(fields, 'description')) },
      ];
    }),
  );
}

/** What became of a run. */
export function printRun({ raw, status, sent, planned, seed, id }: WireRun): void {
  const counted = (name: string) => number(raw, name).toLocaleString('en');
  const unlessNone = (name: string) => (number(raw, name) === 0 ? null : counted(name));
  const labels = Object.entries(record(raw['by_label']))
    .filter(([, count]) => count !== 0)
    .map(([label, count]) => `${printable(label)} ${Number(count).toLocaleString('en')}`);
  printFields([
    ['Run', printable(id)],
    ['Status', printable(status)],
    ['Sent', `${sent.toLocaleString('en')} of ${planned.toLocaleString('en')}`],
    ['Labels', labels.length === 0 ? null : labels.join(', ')],
    ['Accepted', counted('accepted')],
    ['Refused', unlessNone('refused')],
    ['Behind', unlessNone('behind')],
    ['Refunds', unlessNone('refunds')],
    ['Retries', unlessNone('retries')],
    ['Seed', String(seed)],
  ]);
}
