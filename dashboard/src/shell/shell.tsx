/** What is on every page: the rail, the search, the state of the connection, the theme, the help. */
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { CircleQuestionMark, Monitor, Moon, Plus, Sun } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { liveFeed } from '../service/live.ts';
import { Button } from '../shared/button.tsx';
import { announce, Notice } from '../shared/notice.tsx';
import type { RangeSearch } from '../shared/time-range.ts';
import { Connection } from './connection.tsx';
import { useKey } from './keys.ts';
import { PAGES, type PageLink } from './pages.ts';
import { Search } from './search.tsx';
import { nextTheme, useTheme } from './theme.ts';
import { hasRange, TimeRange, useKeptRange } from './time-range.tsx';

const NewPaymentDialog = lazy(() =>
  import('../new-payment/new-payment-dialog.tsx').then((module) => ({
    default: module.NewPaymentDialog,
  })),
);

const Help = lazy(() => import('./help.tsx').then((module) => ({ default: module.Help })));

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));

const SimulationBanner = lazy(() =>
  import('../simulator/simulation-banner.tsx').then(
    (module) => ({ default: module.SimulationBanner }),
    // A page must not break for want of what is beside it.
    () => ({ default: () => null }),
  ),
);

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function Shell() {
  const [dialog, setDialog] = useState<'help' | 'new payment' | 'palette' | null>(null);
  const closeDialog = () => setDialog(null);
  const search = useRef<HTMLInputElement>(null);
  useKey('?', () => setDialog('help'));
  useKey('c', () => setDialog('new payment'));
  useKey('/', () => search.current?.focus());
  useKey('Mod+k', () => setDialog('palette'));
  useKey('t', () => announce(`Theme: ${nextTheme()}`));
  useKey(' ', () => liveFeed.togglePause());
  return (
    <div className="grid min-h-dvh grid-cols-1 grid-rows-[auto_1fr] pb-14 lg:grid-cols-[11.5rem_minmax(0,1fr)] lg:pb-0">
      <a
        href="#page"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <Rail />
      <header className="sticky top-0 z-20 flex flex-wrap items-center gap-2 border-b border-line bg-ground px-3 py-2 lg:px-5">
        <Search field={search} />
        <TimeRange />
        <div className="ml-auto flex items-center gap-1">
          <Button
            look="quiet"
            className="px-2"
            aria-label="New payment"
            onClick={() => setDialog('new payment')}
          >
            <Plus size={17} aria-hidden />
          </Button>
          <Connection />
          <ThemeButton />
          <Button
            look="quiet"
            className="px-2"
            aria-label="Keys and help"
            onClick={() => setDialog('help')}
          >
            <CircleQuestionMark size={17} aria-hidden />
          </Button>
        </div>
      </header>
      <main id="page" tabIndex={-1} className="min-w-0 px-3 py-3 outline-none lg:px-5 lg:py-4">
        <Suspense>
          <SimulationBanner />
        </Suspense>
        <Outlet />
      </main>
      <Suspense>
        {dialog === 'new payment' && <NewPaymentDialog onClose={closeDialog} />}
        {dialog === 'help' && <Help onClose={closeDialog} />}
        {dialog === 'palette' && (
          <Palette
            onClose={closeDialog}
            onNewPayment={() => setDialog('new payment')}
            onHelp={() => setDialog('help')}
          />
        )}
      </Suspense>
      <Notice />
    </div>
  );
}

/** On the left where there is room, at the bottom where there is none. */
function Rail() {
  const range = useKeptRange();
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-panel lg:sticky lg:top-0 lg:row-span-2 lg:h-dvh lg:border-t-0 lg:border-r"
    >
      <Link
        to="/"
        className="hidden items-center gap-2 px-4 pt-4 pb-5 text-base font-semibold lg:flex"
      >
        <img src="/demo/icon.svg" alt="" width={24} height={24} />
        Farthing
      </Link>
      <ul className="flex justify-around lg:flex-col lg:gap-0.5 lg:px-2">
        {PAGES.map((page) => (
          <li
            key={page.to}
            className="min-w-0 flex-1 max-sm:has-data-[status=active]:flex-none lg:flex-none"
          >
            <RailLink page={page} search={hasRange(page.to) ? range : {}} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function RailLink({ page, search }: { page: PageLink; search: RangeSearch }) {
  const { to, name, key, Icon } = page;
  const navigate = useNavigate();
  useKey(`g ${key}`, () => void navigate({ to, search }));
  return (
    <Link
      to={to}
      search={search}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      activeProps={{ className: 'bg-sunken text-ink font-semibold' }}
      inactiveProps={{ className: 'text-soft hover:bg-sunken hover:text-ink' }}
      className="group flex min-h-13 flex-col items-center justify-center gap-0.5 text-xs max-sm:px-1.5 lg:min-h-9 lg:flex-row lg:justify-start lg:gap-2.5 lg:rounded-md lg:px-2.5 lg:text-sm"
    >
      <Icon size={17} aria-hidden />
      {/* Eight names have no room beside each other: there, only where one is has its own. */}
      <span className="max-sm:group-not-data-[status=active]:sr-only">{name}</span>
    </Link>
  );
}

function ThemeButton() {
  const theme = useTheme();
  const Icon = THEME_ICONS[theme];
  return (
    <Button
      look="quiet"
      className="px-2"
      aria-label={`Theme: ${theme}. Change it`}
      onClick={() => announce(`Theme: ${nextTheme()}`)}
    >
      <Icon size={17} aria-hidden />
    </Button>
  );
}
