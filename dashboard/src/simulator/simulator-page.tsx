/** Makes the network behave as one wishes: traffic, failures, delays, outages, broken webhooks; for a time, or for good. */
import { PageTitle } from '../shared/page-title.tsx';
import { FaultsPanel } from './faults-panel.tsx';
import { NetworkPanel } from './network-panel.tsx';
import { TrafficPanel } from './traffic-panel.tsx';

export function SimulatorPage() {
  return (
    <div className="flex flex-col gap-4">
      <div>
        <PageTitle>Simulator</PageTitle>
        <p className="text-soft">
          What you turn on here is named on every page while it lasts, and can be ended there.
        </p>
      </div>
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
        <TrafficPanel />
        <div className="flex min-w-0 flex-col gap-4">
          <NetworkPanel />
          <FaultsPanel />
        </div>
      </div>
    </div>
  );
}
