/** One figure: its name with a definition behind it, its value, how it compares with the time before, how it moved. */
import { Info } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Skeleton } from '../shared/waiting.tsx';
import { Sparkline } from './sparkline.tsx';

export interface TileProps {
  readonly name: string;
  /** What exactly is counted. */
  readonly definition: string;
  /** Absent while it is read. */
  readonly value: ReactNode | undefined;
  /** Beside the time before; null when there is nothing to compare. */
  readonly change: string | null;
  readonly values: readonly (number | null)[];
  readonly isLastOpen: boolean;
}

export function Tile({ name, definition, value, change, values, isLastOpen }: TileProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col bg-panel px-3 py-2.5 last:max-sm:col-span-2 last:max-lg:sm:col-span-2">
      <dt className="flex items-center justify-between text-soft">
        {name}
        <button
          type="button"
          popoverTarget={id}
          aria-label={`What is counted: ${name}`}
          className="-mr-1.5 grid size-6 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink"
        >
          <Info size={14} aria-hidden />
        </button>
      </dt>
      <dd className="min-h-8 text-xl font-semibold">
        {value ?? <Skeleton className="mt-1 h-6 w-16" />}
      </dd>
      <dd className="mt-auto min-h-5 text-xs text-soft">{value !== undefined && change}</dd>
      <dd className="mt-1.5 h-6">
        <Sparkline values={values} isLastOpen={isLastOpen} />
        <Definition id={id}>{definition}</Definition>
      </dd>
    </div>
  );
}

/** The browser's own popover: opened by a press, closed by Escape or a press elsewhere. */
function Definition({ id, children }: { id: string; children: string }) {
  return (
    <span
      id={id}
      popover="auto"
      className="max-w-[min(20rem,calc(100vw-1.5rem))] rounded-md border border-line-strong bg-panel p-3 text-sm text-ink shadow-lg supports-[position-area:bottom]:m-1 supports-[position-area:bottom]:[inset:auto] supports-[position-area:bottom]:[position-area:bottom_span-left] supports-[position-area:bottom]:[position-try-fallbacks:flip-inline,flip-block]"
    >
      {children}
    </span>
  );
}
