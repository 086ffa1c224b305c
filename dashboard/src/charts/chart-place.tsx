/** Where a chart will be, as high as it will be: what is below it does not move when it comes. */
import { Button } from '../shared/button.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Skeleton } from '../shared/waiting.tsx';

export const CHART_HEIGHT = 'h-80 sm:h-60';

interface ChartPlaceProps {
  readonly title: string;
  /** Why it does not come; null while it may. */
  readonly error?: Error | null;
  readonly onRetry?: () => void;
}

export function ChartPlace({ title, error = null, onRetry }: ChartPlaceProps) {
  return (
    <Panel
      title={title}
      aside={
        // As high as the buttons that will be there.
        <Button look="quiet" className="invisible">
          Table
        </Button>
      }
    >
      <div className={`${CHART_HEIGHT} overflow-auto p-3`}>
        {error === null ? (
          <div role="status" aria-label="Loading" className="h-full">
            <Skeleton className="h-full" />
          </div>
        ) : (
          <ProblemNote error={error} onRetry={onRetry} />
        )}
      </div>
    </Panel>
  );
}
