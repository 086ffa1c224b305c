/** Which page is where. Each page is a folder, and a piece of JavaScript of its own that comes when it is wanted. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { Shell } from './shell/shell.tsx';
import { ProblemNote } from './shared/problem.tsx';
import { readPaymentSearch } from './shared/payment-search.ts';
import { textSearch } from './shared/text-search.ts';
import { readOverviewSearch } from './shared/time-range.ts';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
});

const payments = createRoute({
  getParentRoute: () => root,
  path: '/payments',
  validateSearch: readPaymentSearch,
  component: lazyRouteComponent(() => import('./payments/payments-page.tsx'), 'PaymentsPage'),
});

const payment = createRoute({
  getParentRoute: () => root,
  path: '/payments/$id',
  component: lazyRouteComponent(() => import('./payment/payment-page.tsx'), 'PaymentPage'),
});

const cardLab = createRoute({
  getParentRoute: () => root,
  path: '/card-lab',
  component: lazyRouteComponent(() => import('./card-lab/card-lab-page.tsx'), 'CardLabPage'),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/webhooks',
  validateSearch: textSearch(
    'view',
    'endpoint',
    'status',
    'event_type',
    'payment',
    'delivery',
    'sink',
    'message',
  ),
  component: lazyRouteComponent(() => import('./webhooks/webhooks-page.tsx'), 'WebhooksPage'),
});

const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  validateSearch: textSearch('payment'),
  component: lazyRouteComponent(() => import('./ledger/ledger-page.tsx'), 'LedgerPage'),
});

const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  validateSearch: textSearch('method', 'status', 'path', 'open'),
  component: lazyRouteComponent(() => import('./requests/requests-page.tsx'), 'RequestsPage'),
});

const simulator = createRoute({
  getParentRoute: () => root,
  path: '/simulator',
  component: lazyRouteComponent(() => import('./simulator/simulator-page.tsx'), 'SimulatorPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: textSearch('q', 'source'),
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    payments,
    payment,
    cardLab,
    webhooks,
    ledger,
    requests,
    simulator,
    settings,
  ]),
  basepath: '/demo',
  defaultPreload: 'intent',
  // What has come before is shown while the next page is read.
  defaultPendingMs: 150,
  defaultErrorComponent: ({ error, reset }) => <ProblemNote error={error} onRetry={reset} />,
  // Plain names and values, as people write them; not the JSON that the router would write.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(Object.entries(readTexts(search))).toString();
    return text === '' ? '' : `?${text.replaceAll('%2C', ',')}`;
  },
});

function readTexts(search: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return Object.fromEntries(texts);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
