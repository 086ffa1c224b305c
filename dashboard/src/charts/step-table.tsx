/** What a chart shows, step by step, the newest first. */
import type { Trace } from './trace.ts';
import type { PlotData } from './plot-data.ts';
import { stepWords, valueWords } from './step-words.ts';

interface StepTableProps {
  readonly label: string;
  readonly traces: readonly Trace[];
  readonly data: PlotData;
  readonly formatValue: (value: number) => string;
}

const CELL = 'px-2 py-1 text-right first:text-left whitespace-nowrap';

export function StepTable({ label, traces, data, formatValue }: StepTableProps) {
  const { times, columns, openFromMs } = data;
  return (
    <table aria-label={label} className="w-full">
      <thead className="sticky top-0 bg-panel text-soft">
        <tr>
          <th scope="col" className={`${CELL} font-normal`}>
            From
          </th>
          {traces.map(({ name }) => (
            <th key={name} scope="col" className={`${CELL} font-normal`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...times.entries()].reverse().map(([index, time]) => (
          <tr key={time} className="border-t border-line">
            <th scope="row" className={`${CELL} font-normal`}>
              {stepWords(time)}
              {openFromMs !== null && time >= openFromMs && (
                <span className="text-soft"> (not over yet)</span>
              )}
            </th>
            {columns.map((column, at) => (
              <td key={traces[at]?.name} className={CELL}>
                {valueWords(column[index] ?? null, formatValue)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
