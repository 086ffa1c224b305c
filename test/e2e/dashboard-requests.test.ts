/** The log of requests: what it shows, what it hides, how it stands still, what can be taken from it. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import {
  CARD,
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  expectShown,
} from '../support/dashboard-under-test.ts';
import { expectAccessible, expectNoCardNumber, expectToFit } from '../support/page-checks.ts';

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

const rows = (page: Page) => page.getByTestId('request-list').locator('tbody tr');
const row = (page: Page, hasText: string | RegExp) => rows(page).filter({ hasText });
const drawer = (page: Page) => page.getByRole('dialog', { name: 'Request' });

interface Sent {
  readonly url: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends exactly this, with nothing encoded, and gives the id of the request. */
async function sendText({ url, path, body, headers = {} }: Sent): Promise<string> {
  const { hostname, port } = new URL(url);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const sent = request({
    hostname,
    port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...type, ...headers },
  });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  await textOf(answer);
  return String(answer.headers['x-request-id']);
}

const PAYMENT = '{"amount": 10.00, "currency": "USD", "recipient": "alice"}';

describe('the requests', () => {
  test('that are none lead to the first one', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/requests`);
    await expectShown(page, 'p', 'There are no requests yet');
    await expectShown(page, 'pre', `curl -s ${url}/payments`);
    await page.getByRole('button', { name: 'Send the first payment' }).click();
    await row(page, '/payments').filter({ hasText: 'POST' }).waitFor();
  });

  test('show how keys were used, and everything about one, but no secret', async () => {
    const { url } = await start();
    const headers = { 'idempotency-key': 'key-of-a-test' };
    const path = '/payments';
    await sendText({ url, path, body: PAYMENT, headers });
    const replayed = await sendText({ url, path, body: PAYMENT, headers });
    await sendText({ url, path, body: PAYMENT.replace('10', '11'), headers });
    const page = await openPage(`${url}/demo/requests?path=payments`);
    await row(page, /POST.*201.*New key/)
      .first()
      .waitFor();
    await row(page, /POST.*422.*idempotency_key_reused.*Key reused/)
      .first()
      .waitFor();
    await row(page, `Replayed…${replayed.slice(-8)}`)
      .getByRole('link')
      .click();
    await expectShown(page, 'dialog p', 'nothing was done again');
    // As it was sent: parsing it would make it a 10.
    await expectShown(page, 'dialog pre', /\{\n {2}"amount": 10\.00,\n {2}"currency": "USD",/);
    await expectShown(page, 'dialog pre', '"status": "CREATED"');
    await expectShown(page, 'dialog code', replayed);
    expect(await page.content()).not.toContain('key-of-a-test');
    await drawer(page).getByRole('link').click();
    await expectShown(page, 'main', '10.00 USD');
    expect(new URL(page.url()).pathname).toMatch(/^\/demo\/payments\/[\da-f-]{36}$/);
  });

  test('are shown as they were sent, also where they are no JSON', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/requests`);
    for (const [body, shown] of [
      [
        '{"amount":1 2,"a":[],"b":{},"c":"{,\\"}"}',
        '{\n  "amount": 1 2,\n  "a": [],\n  "b": {},\n  "c": "{,\\"}"\n}',
      ],
      ['[{"amount":1e2},', '[\n  {\n    "amount": 1e2\n  },'],
      ['amount=1 2', 'amount=1 2'],
    ] as const) {
      const id = await sendText({ url, path: '/payments', body });
      await page.goto(`${url}/demo/requests?open=${id}`);
      const text = await page.getByLabel('Request body', { exact: true }).textContent();
      expect(text).toBe(shown);
    }
    await page.goto(`${url}/demo/requests?open=${await sendText({ url, path: '/summary' })}`);
    await expectShown(page, 'dialog section[aria-label=Request]', 'No body');
  });

  test('are filtered by what stands in the URL, and say so when nothing is left', async () => {
    const { url } = await start();
    await sendText({ url, path: '/payments', body: PAYMENT });
    await sendText({ url, path: '/summary' });
    await sendText({ url, path: '/nowhere' });
    const page = await openPage(`${url}/demo/requests`);
    await row(page, '/nowhere').first().waitFor();
    await page.getByLabel('Filter by status').selectOption('4xx');
    await row(page, '/summary').first().waitFor({ state: 'detached' });
    await row(page, '/nowhere').first().waitFor();
    await page.getByLabel('Filter by method').selectOption('DELETE');
    await page.getByLabel('Path, then Enter').fill('else<b>');
    await page.keyboard.press('Enter');
    await expectShown(
      page,
      'p',
      'No request meets «Method: DELETE» and «Status: 4xx» and «Path: else<b>»',
    );
    await page.reload();
    await page.getByRole('link', { name: 'Remove the filter Path: else<b>' }).click();
    await page.getByRole('link', { name: 'Remove the filter Method: DELETE' }).click();
    await row(page, '/nowhere').first().waitFor();
    expect(new URL(page.url()).search).toBe('?status=4xx');
    await page.goto(`${url}/demo/requests?status=404&path=nowhere`);
    await row(page, '/nowhere').first().waitFor();
    expect(await page.getByLabel('Filter by status').inputValue()).toBe('404');
  });

  test('that the service does not know how to filter are a problem that says which part', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/requests?status=bad`);
    await expectShown(
      page,
      '[role=alert]',
      /Validation failed \(400\).*\?status.*Request .+Try again/s,
    );
    await page.goto(`${url}/demo/requests?open=req_999999999`);
    await expectShown(page, 'dialog [role=alert]', /Request not found \(404\).*Try again/s);
    expectFailedRequests();
  });
});

describe('new requests', () => {
  test('come by themselves, and wait behind a pill while somebody reads', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/requests?path=/new-`);
    const seen = '/new-seen';
    await expectShown(page, 'p', 'No request meets «Path: /new-»');
    await sendText({ url, path: seen });
    await row(page, seen).waitFor();
    await row(page, seen).getByRole('link').focus();
    await sendText({ url, path: '/new-late' });
    await sendText({ url, path: '/new-later' });
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await rows(page).count()).toBe(1);
    await row(page, seen).locator(':focus').waitFor();
    await page.getByRole('button', { name: '2 new' }).click();
    await row(page, '/new-later').waitFor();
    expect(await rows(page).count()).toBe(3);
    expect(await page.getByRole('button', { name: 'new' }).filter({ hasText: 'new' }).count()).toBe(
      0,
    );
  });

  test('wait while it is paused, and while one is open', async () => {
    const { url } = await start();
    await sendText({ url, path: '/payments/one' });
    const page = await openPage(`${url}/demo/requests?path=/payments/one`);
    await row(page, '/payments/one').first().waitFor();
    await expectLive(page);
    const before = await rows(page).count();
    await page.keyboard.press('Space');
    await page.locator('[data-state=paused]').waitFor();
    await sendText({ url, path: '/payments/one' });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await rows(page).count()).toBe(before);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: '1 new' }).waitFor({ state: 'detached' });
    await page.waitForFunction(
      `document.querySelectorAll('[data-testid=request-list] tbody tr').length === ${before + 1}`,
    );
    await rows(page).first().getByRole('link').click();
    await drawer(page).waitFor();
    await sendText({ url, path: '/payments/one' });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await rows(page).count()).toBe(before + 1);
  });

  test('are loaded back to the oldest that is remembered', async () => {
    const { url } = await start();
    for (let sent = 0; sent < 60; sent += 1) await sendText({ url, path: `/payments/old-${sent}` });
    const page = await openPage(`${url}/demo/requests?path=old-`);
    await row(page, 'old-59').waitFor();
    expect(await rows(page).count()).toBe(50);
    await page.getByRole('button', { name: 'Load older' }).click();
    await row(page, 'old-0').waitFor();
    await expectShown(page, 'div', 'Nothing older is remembered');
    // The button had the focus, and its list stood still meanwhile.
    expect(await rows(page).count()).toBe(60);
  });
});

describe('a request as curl', () => {
  test('is the request again, and never runs or reads what its sender wrote into it', async () => {
    const { url } = await start();
    const path = `/payments?q=';touch%20/tmp/never;'&x[y]=$(id)\`id\``;
    const body = `@/etc/hosts ' "; $(id) \`id\` \\`;
    const id = await sendText({ url, path, body, headers: { prefer: `wait='$(id)` } });
    const page = await openPage(`${url}/demo/requests?open=${id}`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await drawer(page).getByRole('button', { name: 'Copy curl' }).click();
    await expectShown(page, '[role=status]', 'Copied curl');
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    const asked = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${command}`]);
    const words = String(asked).split('\0').slice(0, -1);
    const shown = await fetch(`${url}/requests/${id}`);
    const logged = (await shown.json()) as { path: string; query: string; request_body: string };
    const said = ['-H', 'content-type: application/json', '-H', `prefer: wait='$(id)`];
    const address = `${url}${logged.path}?${logged.query}`;
    expect(words).toEqual(
      ['-s', '-g', '-X', 'POST', address].concat(said, ['--data-raw', logged.request_body]),
    );
    expect(logged.query).toContain("q=';touch");
    expect(logged.request_body).toContain('@/etc/hosts');
  });

  test('that misses what is masked says so', async () => {
    const { url } = await start();
    const body = `{"card_number":"${CARD}","amount":20,"merchant":"Coffee Shop"}`;
    const id = await sendText({ url, path: '/payment', body });
    const page = await openPage(`${url}/demo/requests?open=${id}`);
    await expectShown(page, 'dialog p', 'what is masked or missing has to be put in again');
    await expectNoCardNumber(page, CARD);
  });
});

describe('by keyboard alone', () => {
  test('a request is found, opened, left and come back to', async () => {
    const { url } = await start();
    await sendText({ url, path: '/payments/first' });
    await sendText({ url, path: '/payments/second' });
    const page = await openPage(`${url}/demo/payments`);
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByLabel('Path, then Enter').focus();
    await page.keyboard.type('/payments/');
    await page.keyboard.press('Enter');
    await page.waitForURL('**path=**');
    await expectShown(page, 'a', /^Path.*\/payments\//);
    await row(page, '/payments/first').waitFor();
    await page.locator('input[name=path]:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await row(page, '/payments/first').locator(':focus').waitFor();
    await page.keyboard.press('Enter');
    await expectShown(page, 'dialog p', 'GET /payments/first');
    await page.keyboard.press('k');
    await expectShown(page, 'dialog p', 'GET /payments/second');
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    await row(page, '/payments/first').locator(':focus').waitFor();
    expect(new URL(page.url()).searchParams.toString()).toBe('path=%2Fpayments%2F');
  });
});

describe('without a server', () => {
  test('the list stays, and goes on by itself', async () => {
    const server = await start({});
    await sendText({ url: server.url, path: '/payments/kept' });
    const page = await openPage(`${server.url}/demo/requests`);
    await row(page, '/payments/kept').waitFor();
    await expectLive(page);
    await server.end('SIGKILL');
    await page.locator('[data-state=offline]').waitFor();
    await row(page, '/payments/kept').waitFor();
    await start({ PORT: new URL(server.url).port }, true);
    await expectLive(page);
    // It is another process, which remembers nothing.
    await row(page, '/payments/kept').waitFor({ state: 'detached' });
    expectFailedRequests();
  });

  test('a list that never came says so, and tries again', async () => {
    const { url } = await start();
    await sendText({ url, path: '/payments/there' });
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    await page.route('**/requests?*', (route) => route.abort());
    await page.getByRole('link', { name: 'Requests' }).click();
    await expectShown(page, '[role=alert]', 'The service does not answer');
    await page.unroute('**/requests?*');
    await row(page, '/payments/there').waitFor();
    expectFailedRequests();
  });
});

describe.each(['light', 'dark'] as const)('for everybody, in the %s,', (theme) => {
  test('the list keeps the rules of axe, also when nothing is left', async () => {
    const { url } = await start();
    await sendText({ url, path: `/${'long'.repeat(100)}` });
    const page = await openPage(`${url}/demo/requests?path=long`, { theme });
    await row(page, 'longlong').first().waitFor();
    await expectLive(page);
    await expectAccessible(page, 'list');
    await page.goto(`${url}/demo/requests?status=5xx&path=none`);
    await expectShown(page, 'p', 'No request meets');
    await expectAccessible(page, 'nothing left');
  });

  test('a request that is open does too, and fits', async () => {
    const { url } = await start();
    const headers = { 'user-agent': 'y'.repeat(300) };
    const id = await sendText({ url, path: '/payments', body: PAYMENT, headers });
    const page = await openPage(`${url}/demo/requests?open=${id}`, { theme });
    await expectShown(page, 'dialog pre', '"recipient": "alice"');
    await expectLoaded(page);
    await expectAccessible(page, 'open');
    await expectToFit(page);
  });
});
