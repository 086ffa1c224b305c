/** Where the states will be drawn, as high as they will be. */
import { Panel } from '../shared/panel.tsx';
import { Skeleton } from '../shared/waiting.tsx';

export function StatesPlace() {
  return (
    <Panel title="Payments by state" aside={<span className="text-soft">All time</span>}>
      <div role="status" aria-label="Loading" className="p-3 md:p-0">
        <Skeleton className="mx-auto h-32 w-full max-w-[58rem] md:aspect-[690/210] md:h-auto" />
      </div>
    </Panel>
  );
}
