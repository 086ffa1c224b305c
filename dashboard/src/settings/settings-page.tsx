/** What the service was started with and where each value came from; what this browser keeps; and the way to begin anew. */
import { ClearData } from '../shared/clear-data.tsx';
import { PageTitle } from '../shared/page-title.tsx';
import { BrowserSettings } from './browser-settings.tsx';
import { Configuration } from './configuration.tsx';

export function SettingsPage() {
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex min-w-0 flex-col gap-4">
        <PageTitle>Settings</PageTitle>
        <Configuration />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <BrowserSettings />
        <ClearData onCleared={() => {}} />
      </div>
    </div>
  );
}
