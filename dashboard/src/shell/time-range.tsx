/**
 * The time that is looked at, on the pages it means something to. It stands in the URL, and goes along to the next page
 * that knows it, whatever lies between.
 */
import { Link, useNavigate, useRouterState, useSearch } from '@tanstack/react-router';
import { CalendarRange, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import {
  RANGES,
  type RangeSearch,
  readRange,
  USUAL_RANGE,
  withoutZoom,
  zoomWords,
} from '../shared/time-range.ts';

const CustomRange = lazy(() =>
  import('./custom-range.tsx').then((module) => ({ default: module.CustomRange })),
);

/** What these pages show when their URL says nothing; null is everything. */
const USUAL = { '/': USUAL_RANGE.name, '/payments': null } as const;

type RangePage = keyof typeof USUAL;

/** As the last page had it that knows one: what links to such a page take along. */
export function useKeptRange(): RangeSearch {
  const page = usePage();
  const search = readRange(useSearch({ strict: false }));
  const [kept, setKept] = useState(search);
  if (hasRange(page) && JSON.stringify(kept) !== JSON.stringify(search)) setKept(search);
  return kept;
}

export function hasRange(page: string | undefined): page is RangePage {
  return page !== undefined && page in USUAL;
}

export function TimeRange() {
  const page = usePage();
  const search = readRange(useSearch({ strict: false }));
  return hasRange(page) && <Choices page={page} search={search} usual={USUAL[page]} />;
}

function usePage(): string | undefined {
  return useRouterState({ select: ({ matches }) => matches.at(-1)?.fullPath });
}

interface ChoicesProps {
  readonly page: RangePage;
  readonly search: RangeSearch;
  readonly usual: string | null;
}

const CHOICE =
  'grid min-h-7 min-w-8 place-items-center rounded px-1.5 whitespace-nowrap text-soft hover:bg-sunken hover:text-ink aria-[current]:bg-accent aria-[current]:font-medium aria-[current]:text-accent-ink';

function Choices({ page, search, usual }: ChoicesProps) {
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const { range: _, from: __, to: ___, ...others } = useSearch({ strict: false });
  const { from, to } = search;
  const isZoomed = from !== undefined && to !== undefined;
  const current = isZoomed ? undefined : (search.range ?? usual ?? 'all');
  const at = (chosen: RangeSearch) => ({ ...others, ...chosen });
  const go = (chosen: RangeSearch) => void navigate({ to: page, search: at(chosen) });
  return (
    <nav
      aria-label="Time range"
      className="order-last flex w-full flex-wrap items-center gap-0.5 rounded-md border border-line bg-panel p-0.5 text-xs sm:w-auto lg:order-none"
    >
      {usual === null && (
        <Choice page={page} search={at({})} name="All" isCurrent={current === 'all'} />
      )}
      {RANGES.map(({ name, words }) => (
        <Choice
          key={name}
          page={page}
          search={at({ range: name })}
          name={name}
          words={words}
          isCurrent={current === name}
        />
      ))}
      <button
        type="button"
        aria-current={isZoomed || undefined}
        aria-label={isZoomed ? `Time: ${zoomWords(from, to)}. Change it` : 'A time of your own'}
        className={`${CHOICE} grid-flow-col gap-1`}
        onClick={() => setIsAsking(true)}
      >
        <CalendarRange size={14} aria-hidden />
        {isZoomed && zoomWords(from, to)}
      </button>
      {isZoomed && (
        <button
          type="button"
          aria-label="Leave this time"
          className={CHOICE}
          onClick={() => go(withoutZoom(search))}
        >
          <X size={14} aria-hidden />
        </button>
      )}
      <Suspense>
        {isAsking && (
          <CustomRange
            search={search}
            onClose={() => setIsAsking(false)}
            onChosen={(range) => {
              setIsAsking(false);
              go(range);
            }}
          />
        )}
      </Suspense>
    </nav>
  );
}

interface ChoiceProps {
  readonly page: RangePage;
  readonly search: RangeSearch;
  readonly name: string;
  readonly words?: string;
  readonly isCurrent: boolean;
}

function Choice({ page, search, name, words = 'all time', isCurrent }: ChoiceProps) {
  return (
    <Link
      to={page}
      search={search}
      activeOptions={{ exact: true }}
      aria-current={isCurrent || undefined}
      aria-label={`${name}: ${words}`}
      className={CHOICE}
    >
      {name}
    </Link>
  );
}
