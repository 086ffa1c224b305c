/** The names of what is drawn, each with what it looks like and its value where the pointer is, or of the whole time. */
import type { PlotData, PlotKind } from './plot-data.ts';
import { usePointedStep } from './pointed.ts';
import { stepWords, valueWords } from './step-words.ts';
import { Swatch } from './swatch.tsx';
import type { Trace } from './trace.ts';

interface LegendProps {
  readonly kind: PlotKind;
  readonly traces: readonly Trace[];
  readonly data: PlotData;
  readonly formatValue: (value: number) => string;
  /** While the pointer is nowhere: the values, one for each trace, and what time they are of. */
  readonly usual: { readonly values: readonly (number | null)[]; readonly when: string };
  /** Of the step that is not over; null when there is none. */
  readonly openWords: string | null;
}

export function Legend({ kind, traces, data, formatValue, usual, openWords }: LegendProps) {
  const step = usePointedStep(data);
  const values = step === null ? usual.values : data.columns.map((column) => column[step] ?? null);
  return (
    // As high whatever the values are: the chart below must not move with the pointer.
    <ul
      aria-hidden
      className="mb-1 flex h-22 shrink-0 flex-wrap content-start gap-x-3 gap-y-0.5 overflow-hidden text-xs sm:h-11"
    >
      <li className="min-w-24 text-soft">
        {step === null ? usual.when : stepWords(data.times[step] ?? 0)}
      </li>
      {traces.map((trace, index) => (
        <li key={trace.name} className="flex items-center gap-1.5 whitespace-nowrap">
          <Swatch trace={trace} kind={kind} />
          {trace.name}
          <span className="min-w-6 font-semibold">
            {valueWords(values[index] ?? null, formatValue)}
          </span>
        </li>
      ))}
      {openWords !== null && (
        <li className="flex items-center gap-1.5 whitespace-nowrap text-soft">
          <span className="h-3 w-3.5 border-l border-dashed border-line-strong bg-sunken" />
          {openWords}
        </li>
      )}
    </ul>
  );
}
