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

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
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

export const router = createRouter({
  routeTree: root.addChildren([overview, payments, payment, cardLab]),
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
