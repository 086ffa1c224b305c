/** What is around a chart: its name, the way back out of a zoom, the switch to a table, and what goes wrong. */
import { Table2, ZoomOut } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../shared/button.tsx';
import { Panel } from '../shared/panel.tsx';
import { CHART_HEIGHT } from './chart-place.tsx';

interface ChartPanelProps {
  readonly title: string;
  readonly testId: string;
  /** Null while nothing is zoomed. */
  readonly onZoomOut: (() => void) | null;
  /** Beside the title. */
  readonly choices?: ReactNode;
  /** What is drawn is of another time than what is asked for. */
  readonly isStale: boolean;
  readonly chart: ReactNode;
  readonly table: ReactNode;
}

export function ChartPanel(props: ChartPanelProps) {
  const { title, testId, onZoomOut, choices, isStale, chart, table } = props;
  const [isTable, setIsTable] = useState(false);
  return (
    <Panel
      title={title}
      testId={testId}
      aside={
        <span className="flex flex-wrap items-center gap-1">
          {choices}
          {onZoomOut !== null && (
            <Button look="quiet" className="px-2" onClick={onZoomOut}>
              <ZoomOut size={15} aria-hidden />
              <span className="max-sm:sr-only">Zoom out</span>
            </Button>
          )}
          <Button
            look="quiet"
            className="px-2 aria-pressed:bg-sunken aria-pressed:text-ink"
            aria-pressed={isTable}
            onClick={() => setIsTable(!isTable)}
          >
            <Table2 size={15} aria-hidden />
            <span className="max-sm:sr-only">View as table</span>
          </Button>
        </span>
      }
    >
      <div
        aria-busy={isStale}
        className={`${CHART_HEIGHT} flex flex-col p-3 transition-opacity aria-busy:opacity-60`}
      >
        {isTable ? (
          <div
            role="region"
            aria-label={`${title}, as a table`}
            tabIndex={0}
            className="min-h-0 flex-1 overflow-auto"
          >
            {table}
          </div>
        ) : (
          chart
        )}
      </div>
    </Panel>
  );
}
