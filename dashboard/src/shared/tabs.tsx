/** Tabs as the ARIA practices have them: arrows move between them, Tab goes into what they show. */
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';

interface Tab {
  readonly name: string;
  readonly show: () => ReactNode;
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const id = useId();
  const [shownName, setShownName] = useState(tabs[0]?.name);
  const shown = tabs.find(({ name }) => name === shownName);
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = tabs.findIndex(({ name }) => name === shownName);
    const to = placeAfter(event.key, at, tabs.length);
    const name = to === null ? undefined : tabs[to]?.name;
    if (name === undefined) return;
    event.preventDefault();
    setShownName(name);
    document.getElementById(`${id}-${name}`)?.focus();
  };
  return (
    <div>
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={move}
        className="flex flex-wrap gap-1 border-b border-line"
      >
        {tabs.map(({ name }) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            aria-selected={name === shownName}
            aria-controls={`${id}-panel`}
            tabIndex={name === shownName ? 0 : -1}
            onClick={() => setShownName(name)}
            className="-mb-px min-h-8 border-b-2 border-transparent px-2 text-soft hover:text-ink aria-selected:border-accent aria-selected:font-semibold aria-selected:text-ink"
          >
            {name}
          </button>
        ))}
      </div>
      <div
        id={`${id}-panel`}
        role="tabpanel"
        aria-labelledby={`${id}-${shownName}`}
        tabIndex={0}
        className="pt-3 outline-offset-4"
      >
        {shown?.show()}
      </div>
    </div>
  );
}

/** Null for a key that does not move. */
function placeAfter(key: string, at: number, count: number): number | null {
  if (key === 'ArrowRight') return (at + 1) % count;
  if (key === 'ArrowLeft') return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}
